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
        return Planner.Plan(from, to, CatalogDiffer.Diff(from, to));
    }
}
