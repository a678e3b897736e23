using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;

namespace Sluice.Sql.Files;

/// <summary>What a database has and its schema does not say, as the steps from the one to the other.</summary>
public static class Unsaid
{
    public static MigrationPlan Of(Database said, Database whole)
    {
        // Partial indexes that the schema says are objects of the database as well: once is enough.
        var partial = said.Tables.SelectMany(t => t.Indexes.Where(i => i.Where is not null).Select(i => new ObjectId(ObjectKind.Index, t.Name.Schema, t.Name.Name, i.Name))).ToHashSet();
        var from = StoredNames.Of(said) with
        {
            Tables = [.. said.Tables.Select(t => t with { Indexes = [.. t.Indexes.Where(i => i.Where is null)] })],
            Objects = [.. said.Objects.Where(o => !partial.Contains(o.Id))],
            SeesObjects = true,
            SeesPartialIndexes = true,
        };
        var to = whole with { Objects = [.. whole.Objects.Where(o => !partial.Contains(o.Id))], Tables = [.. whole.Tables.Where(OwnTables.Keep)] };
        var plan = Planner.Plan(from, to, CatalogDiffer.Diff(from, to, exact: false));
        return plan with { Steps = [.. Sequences(from, to).Select(r => new PlanStep.Rename(r)), .. plan.Steps] };
    }

    /// <summary>A table that was renamed kept its sequence: what speaks of that must find it under its name.</summary>
    private static IEnumerable<Rename> Sequences(Database from, Database to)
    {
        var spoken = to.Objects.Select(o => new ObjectName(o.Id.Schema, o.Id.Name)).ToHashSet();
        spoken.ExceptWith(to.Objects.Where(o => o.Id.Kind is ObjectKind.Sequence).Select(o => new ObjectName(o.Id.Schema, o.Id.Name)));
        var before = from.Tables.ToDictionary(t => t.Name);
        foreach (var table in to.Tables.Items.Where(t => before.ContainsKey(t.Name)))
        {
            foreach (var column in table.Columns)
            {
                if (column.Default is ColumnDefault.NextValue { Sequence: var next } && before[table.Name].Column(column.Name)?.Default is ColumnDefault.NextValue { Sequence: var old }
                    && next != old && spoken.Contains(table.Name with { Name = next }))
                {
                    yield return new Rename.Sequence(table.Name with { Name = old }, table.Name with { Name = next });
                }
            }
        }
    }
}
