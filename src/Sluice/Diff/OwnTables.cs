using Sluice.Catalog;

namespace Sluice.Diff;

/// <summary>Tables that no schema declares and nobody misses: the histories, the toolkit's journal, and PostGIS' own.</summary>
public static class OwnTables
{
    public const string JournalSchema = "sluice";

    private static readonly HashSet<string> PostGis = new(StringComparer.OrdinalIgnoreCase)
    {
        "spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews",
    };

    public static bool Keep(Table table) =>
        table.Name is not { Name: "_prisma_migrations" }
        && table.Name is not { Schema: JournalSchema }
        && !PostGis.Contains(table.Name.Name);
}
