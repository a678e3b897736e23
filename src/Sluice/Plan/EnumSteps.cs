using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Syntax;

namespace Sluice.Plan;

/// <summary>Values are added to a type; for one to go, the whole type is made again under the columns that use it.</summary>
internal static class EnumSteps
{
    public static PlanStep Of(Change.EnumChanged change, Database from, Database to)
    {
        var (previous, next, added, removed) = change;
        if (removed.Count == 0 && !change.Reordered)
        {
            return new PlanStep.AddEnumValues(previous, added) { Order = next.Values };
        }

        var name = previous.Name;
        var wanted = to.Tables.Items.ToDictionary(t => t.Name);
        var used = from.Tables.Items
            .SelectMany(t => t.Columns.Items.Where(c => Uses(c, name)).Select(c => (Table: t.Name, From: c, To: Twin(wanted, t.Name, c.Name))))
            .ToArray();
        var known = used.Where(u => Keeps(u.From, u.To, name)).ToDictionary(u => (u.Table, u.From.Name), u => u.From);
        return new PlanStep.RecreateEnum(
            previous,
            next,
            added,
            removed,
            DroppedDefaults: [.. Ordered(used.Where(u => u.From.Default is not null), wanted).Select(u => new TableColumn(u.Table, u.From))],
            Columns: [.. to.Tables.Items.SelectMany(t => t.Columns.Items
                .Where(c => known.ContainsKey((t.Name, c.Name)))
                .Select(c => new TableColumn(t.Name, known[(t.Name, c.Name)])))],
            Released: [.. used.Where(u => !Keeps(u.From, u.To, name)).Select(u => new TableColumn(u.Table, u.From))],
            RestoredDefaults: [.. Ordered(used.Where(u => u.From.Default is not null), wanted)
                .Where(u => u.To is { Default: not null } && Keeps(u.From, u.To, name) && IsList(u.From) == IsList(u.To))
                .Select(u => new TableColumn(u.Table, u.To!))]);
    }

    /// <summary>Prisma's order: dropped tables, then in each table its dropped columns before the others, these by name.</summary>
    private static IEnumerable<(ObjectName Table, Column From, Column? To)> Ordered(
        IEnumerable<(ObjectName Table, Column From, Column? To)> used,
        Dictionary<ObjectName, Table> wanted) =>
        used.GroupBy(u => u.Table)
            .OrderBy(g => wanted.ContainsKey(g.Key))
            .SelectMany(g => wanted.ContainsKey(g.Key)
                ? g.OrderBy(u => u.To is not null).ThenBy(u => u.From.Name, StringComparer.Ordinal)
                : g.AsEnumerable());

    private static bool Uses(Column column, ObjectName name) => column.Type is ColumnType.Enum { Name: var used } && used == name;

    /// <summary>A list that becomes a single value is made anew, as <see cref="ColumnDifference"/> has it.</summary>
    private static bool Keeps(Column from, Column? to, ObjectName name) => to is not null && Uses(to, name) && (!IsList(from) || IsList(to));

    private static bool IsList(Column column) => column.Arity is FieldArity.List;

    private static Column? Twin(Dictionary<ObjectName, Table> tables, ObjectName table, string column) =>
        tables.TryGetValue(table, out var found) ? found.Column(column) : null;
}
