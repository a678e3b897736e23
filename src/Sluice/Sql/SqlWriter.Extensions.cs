using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    private static string Create(Extension extension)
    {
        var text = new StringBuilder($"CREATE EXTENSION IF NOT EXISTS {SqlNames.Quote(extension.Name)}");
        var (schema, version) = (extension.Schema, extension.Version);
        if (!string.IsNullOrEmpty(schema) || !string.IsNullOrEmpty(version))
        {
            text.Append(" WITH");
        }

        if (!string.IsNullOrEmpty(schema))
        {
            text.Append(" SCHEMA ").Append(SqlNames.Quote(schema));
        }

        if (!string.IsNullOrEmpty(version))
        {
            text.Append(" VERSION ").Append(SqlNames.Quote(version));
        }

        return text.ToString();
    }

    private static ImmutableArray<string> Alter(PlanStep.AlterExtension step)
    {
        var name = SqlNames.Quote(step.From.Name);
        var statements = ImmutableArray.CreateBuilder<string>();
        if (step.To.Version is { Length: > 0 } version && step.From.Version is { Length: > 0 } old && version != old)
        {
            statements.Add($"ALTER EXTENSION {name} UPDATE TO {SqlNames.Quote(version)}");
        }

        if (step.To.Schema is { Length: > 0 } schema && step.From.Schema is { Length: > 0 } from && schema != from)
        {
            statements.Add($"ALTER EXTENSION {name} SET SCHEMA {SqlNames.Quote(schema)}");
        }

        return statements.ToImmutable();
    }
}
