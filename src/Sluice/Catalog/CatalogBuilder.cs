using Sluice.Model;

namespace Sluice.Catalog;

/// <summary>The database that a schema asks for.</summary>
public static class CatalogBuilder
{
    public static Database Build(SchemaModel model, string defaultSchema = "public") =>
        Database.Empty with { Origin = CatalogOrigin.Schema, DefaultSchema = defaultSchema };
}
