using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Diff;

/// <summary>What differs between two catalogs, as values; what to do about it is the planner's business.</summary>
public static class CatalogDiffer
{
    public static ImmutableArray<Change> Diff(Database from, Database to) => [];
}
