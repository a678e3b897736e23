using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Sql.Objects;
using Sluice.Syntax;

namespace Sluice.Sql;

public static partial class SqlWriter
{
    private static string CreateTable(Table table, SqlNames names)
    {
        var columns = string.Join(",\n", table.Columns.Items.Select(c => Definition(c, names)));
        var key = table.PrimaryKey is { } primary
            ? $",\n\n    CONSTRAINT {SqlNames.Quote(primary.Name)} PRIMARY KEY ({SqlNames.Quoted(primary.Columns.Items.Select(c => c.Name), ",")})"
            : "";
        return $"CREATE TABLE {names.Of(table.Name)} (\n{columns}{key}\n){(table.PartitionBy is { } partition ? $" PARTITION BY {partition}" : "")}";
    }

    private static string Definition(Column column, SqlNames names)
    {
        var value = SqlDefaults.Write(column, names);
        return $"    {SqlNames.Quote(column.Name)} {SqlTypes.OfNew(column, names)}{(column.Arity is FieldArity.Required ? " NOT NULL" : "")}{(value.Length > 0 ? " DEFAULT " + value : "")}{(column.Generated is { } generated ? " " + Facets.Generated(generated) : "")}";
    }

    private static ImmutableArray<string> AlterTable(PlanStep.AlterTable step, SqlNames names)
    {
        var before = new List<string>();
        var clauses = new List<string>();
        var after = new List<string>();
        var table = names.Of(step.From.Name);
        var renames = step.Alterations.Items.OfType<Alteration.RenamePrimaryKey>()
            .Select(r => $"RENAME CONSTRAINT {SqlNames.Quote(r.From.Name)} TO {SqlNames.Quote(r.To.Name)}");
        foreach (var alteration in step.Alterations)
        {
            switch (alteration)
            {
                case Alteration.RenamePrimaryKey:
                    // PostgreSQL takes a RENAME only in a command of its own.
                    break;
                case Alteration.DropPrimaryKey drop:
                    clauses.Add($"DROP CONSTRAINT {SqlNames.Quote(drop.Key.Name)}");
                    break;
                case Alteration.AddPrimaryKey add:
                    clauses.Add($"ADD CONSTRAINT {SqlNames.Quote(add.Key.Name)} PRIMARY KEY ({SqlNames.Quoted(add.Key.Columns.Items.Select(c => c.Name))})");
                    break;
                case Alteration.DropColumn drop:
                    clauses.Add($"DROP COLUMN {SqlNames.Quote(drop.Column.Name)}");
                    break;
                case Alteration.AddColumn add:
                    clauses.Add($"ADD COLUMN {Definition(add.Column, names)}");
                    break;
                case Alteration.RecreateColumn recreate:
                    clauses.Add($"DROP COLUMN {SqlNames.Quote(recreate.From.Name)}");
                    clauses.Add($"ADD COLUMN {Definition(recreate.To, names)}");
                    break;
                case Alteration.AlterColumn alter:
                    var change = new ColumnAlteration(step.To.Name, alter, names);
                    before.AddRange(change.Before());
                    clauses.AddRange(change.Clauses());
                    after.AddRange(change.After());
                    break;
                default:
                    throw new UnreachableException(alteration.GetType().Name);
            }
        }

        return
        [
            .. before,
            .. renames.Select(r => $"ALTER TABLE {table} {r}"),
            .. clauses.Count > 0 ? [$"ALTER TABLE {table} {string.Join(",\n", clauses)}"] : ImmutableArray<string>.Empty,
            .. after,
        ];
    }
}
