using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.EntityFrameworkCore.Update;
using Npgsql.EntityFrameworkCore.PostgreSQL.Update.Internal;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>Writes `RETURNING column::text` too, where the database fills in a column that is read as raw text.</summary>
[SuppressMessage("Usage", "EF1001", Justification = "There is no public place to change how one column comes back; covered by tests.")]
internal sealed class RawTextReturning(UpdateSqlGeneratorDependencies dependencies) : NpgsqlUpdateSqlGenerator(dependencies)
{
    protected override void AppendReturningClause(StringBuilder commandStringBuilder, IReadOnlyList<IColumnModification> operations, string? additionalValues = null)
    {
        if (!operations.Any(o => o.TypeMapping is RawTextTypeMapping))
        {
            base.AppendReturningClause(commandStringBuilder, operations, additionalValues);
            return;
        }

        commandStringBuilder.AppendLine().Append("RETURNING ").AppendJoin(", ", operations.Select(Column));
        if (additionalValues is not null)
        {
            commandStringBuilder.Append(", ").Append(additionalValues);
        }
    }

    private string Column(IColumnModification operation) =>
        SqlGenerationHelper.DelimitIdentifier(operation.ColumnName) + (operation.TypeMapping is RawTextTypeMapping ? "::text" : "");
}
