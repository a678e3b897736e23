using Sluice.Catalog;

namespace Sluice.Diff;

/// <summary>Tables that no schema declares and nobody misses: the histories, the toolkit's journal and archives, and PostGIS' own.</summary>
public static class OwnTables
{
    public const string JournalSchema = "sluice";

    public const string ArchiveSchema = "sluice_archive";

    private static readonly HashSet<string> PostGis = new(StringComparer.OrdinalIgnoreCase)
    {
        "spatial_ref_sys", "geometry_columns", "geography_columns", "raster_columns", "raster_overviews",
    };

    public static bool Keep(Table table) =>
        table.Name is not { Name: "_prisma_migrations" }
        && table.Name is not { Schema: JournalSchema or ArchiveSchema }
        && !PostGis.Contains(table.Name.Name);
}
