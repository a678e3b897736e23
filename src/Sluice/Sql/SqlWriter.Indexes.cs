using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Plan;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    internal static string CreateIndex(PlanStep.CreateIndex step, SqlNames names, bool concurrently = false)
    {
        var index = step.Index;
        if (names.Exact && index.IsConstraint && !concurrently)
        {
            return $"ALTER TABLE {names.Of(step.Table)} ADD CONSTRAINT {SqlNames.Quote(index.Name)} UNIQUE ({SqlNames.Quoted(index.Columns.Items.Select(c => c.Name))})";
        }

        var method = index.Type switch
        {
            IndexType.BTree => "",
            IndexType.Hash => " USING HASH ",
            IndexType.Gin => " USING GIN ",
            IndexType.Gist => " USING GIST ",
            IndexType.SpGist => " USING SPGIST ",
            IndexType.Brin => " USING BRIN ",
            _ => throw new UnreachableException(index.Type.ToString()),
        };
        var where = index.Where is { } predicate ? $" WHERE ({predicate})" : "";
        return $"CREATE {(index.IsUnique ? "UNIQUE " : "")}INDEX {(concurrently ? "CONCURRENTLY " : "")}{SqlNames.Quote(index.Name)} ON {names.Of(step.Table)}{method}({string.Join(", ", index.Columns.Items.Select(Write))}){where}";
    }

    private static string Write(IndexColumn column)
    {
        var operatorClass = column.OperatorClass is { } name ? " " + name : "";
        var order = (column.Descending, column.SaysAscending) switch
        {
            (true, _) => " DESC",
            (_, true) => " ASC",
            _ => "",
        };
        return SqlNames.Quote(column.Name) + operatorClass + order;
    }

    private static string DropIndex(PlanStep.DropIndex step, SqlNames names) => step.Index.IsConstraint
        // PostgreSQL refuses to drop the index of a constraint.
        ? $"ALTER TABLE {names.Of(step.Table)} DROP CONSTRAINT {SqlNames.Quote(step.Index.Name)}"
        : $"DROP INDEX {names.Of(step.Table with { Name = step.Index.Name })}";
}
