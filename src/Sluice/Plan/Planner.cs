using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan;

/// <summary>Changes to ordered steps, each with its lock level and hazards.</summary>
public static partial class Planner
{
    public static MigrationPlan Plan(Database from, Database to, ImmutableArray<Change> changes)
    {
        var qualify = from.QualifyNames || to.QualifyNames;
        return new([], new(qualify, qualify || from.Origin is CatalogOrigin.Server));
    }
}
