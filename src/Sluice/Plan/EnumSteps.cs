using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan;

/// <summary>Values are added to a type; for one to go, the whole type is made again under the columns that use it.</summary>
internal static class EnumSteps
{
    public static PlanStep Of(Change.EnumChanged change, Database from, Database to)
    {
        var (previous, next, added, removed) = change;
        if (removed.Count == 0)
        {
            return new PlanStep.AddEnumValues(previous, added);
        }

        var name = previous.Name;
        var wanted = to.Tables.Items.ToDictionary(t => t.Name);
        var used = from.Tables.Items
            .SelectMany(t => t.Columns.Items.Where(c => Uses(c, name)).Select(c => (Table: t.Name, From: c, To: Twin(wanted, t.Name, c.Name))))
            .ToArray();
        var known = used.Select(u => (u.Table, u.From.Name)).ToHashSet();
        return new PlanStep.RecreateEnum(
            previous,
            next,
            added,
            removed,
            DroppedDefaults: [.. Ordered(used.Where(u => u.From.Default is not null), wanted).Select(u => new TableColumn(u.Table, u.From))],
            Columns: [.. to.Tables.Items.SelectMany(t => t.Columns.Items
                .Where(c => Uses(c, name) && known.Contains((t.Name, c.Name)))
                .Select(c => new TableColumn(t.Name, c)))],
            Released: [.. used.Where(u => u.To is null || !Uses(u.To, name)).Select(u => new TableColumn(u.Table, u.From))],
            RestoredDefaults: [.. Ordered(used.Where(u => u.From.Default is not null), wanted)
                .Where(u => u.To is { Default: not null } && Uses(u.To, name))
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

    private static Column? Twin(Dictionary<ObjectName, Table> tables, ObjectName table, string column) =>
        tables.TryGetValue(table, out var found) ? found.Column(column) : null;
}
