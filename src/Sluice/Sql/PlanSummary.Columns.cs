using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Syntax;

namespace Sluice.Sql;

public static partial class PlanSummary
{
    private static string Line(Alteration alteration, SqlNames names) => alteration switch
    {
        Alteration.AddColumn a => $"[+] Added column `{a.Column.Name}`",
        Alteration.DropColumn a => $"[-] Removed column `{a.Column.Name}`",
        Alteration.AlterColumn a => $"[*] Altered column `{a.From.Name}` ({Changes(a.From, a.To, a.Difference, names)})",
        Alteration.RecreateColumn a => $"[*] Column `{a.From.Name}` would be dropped and recreated ({Changes(a.From, a.To, a.Difference, names)})",
        Alteration.AddPrimaryKey a => $"[+] Added primary key on columns ({Columns(a.Key)})",
        Alteration.DropPrimaryKey a => $"[-] Dropped the primary key on columns ({Columns(a.Key)})",
        Alteration.RenamePrimaryKey a => $"[*] Renamed the primary key on columns ({Columns(a.From)})",
        _ => throw new UnreachableException(alteration.GetType().Name),
    };

    private static string Columns(PrimaryKey key) => string.Join(", ", key.Columns.Items.Select(c => c.Name));

    private static string Changes(Column from, Column to, ColumnDifference difference, SqlNames names)
    {
        var changes = new List<string>();
        if (difference.Arity)
        {
            changes.Add($"changed from {Arity(from)} to {Arity(to)}");
        }

        if (difference.Default)
        {
            changes.Add($"default changed from {Default(from, names)} to {Default(to, names)}");
        }

        if (difference.Type is not null)
        {
            changes.Add($"type changed from `{SqlTypes.OfExisting(from, names)}` to `{SqlTypes.OfExisting(to, names)}`");
        }

        if (difference.AutoIncrement)
        {
            changes.Add(to.AutoIncrement ? "column became autoincrementing" : "column is no longer autoincrementing");
        }

        return string.Join(", ", changes);
    }

    private static string Arity(Column column) => column.Arity switch
    {
        FieldArity.Required => "required",
        FieldArity.Optional => "nullable",
        FieldArity.List => "list",
        _ => throw new UnreachableException(column.Arity.ToString()),
    };

    private static string Default(Column column, SqlNames names) =>
        column.AutoIncrement ? "autoincrement" : SqlDefaults.Write(column, names) is { Length: > 0 } sql ? $"`{sql}`" : "none";
}
