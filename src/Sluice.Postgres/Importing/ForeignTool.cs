using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Postgres.Importing;

/// <summary>A tool whose history is taken over.</summary>
public enum ForeignTool
{
    GolangMigrate,
    Dbmate,
    Flyway,
    EfCore,
}

/// <summary>What is known of each.</summary>
public static class ForeignTools
{
    /// <summary>The table that it keeps its history in.</summary>
    public static string TableOf(ForeignTool tool) => tool switch
    {
        ForeignTool.GolangMigrate or ForeignTool.Dbmate => "schema_migrations",
        ForeignTool.Flyway => "flyway_schema_history",
        ForeignTool.EfCore => "__EFMigrationsHistory",
        _ => throw new UnreachableException(),
    };

    /// <summary>As its users write it, and as `--from` does.</summary>
    public static string NameOf(ForeignTool tool) => tool switch
    {
        ForeignTool.GolangMigrate => "golang-migrate",
        ForeignTool.Dbmate => "dbmate",
        ForeignTool.Flyway => "flyway",
        ForeignTool.EfCore => "efcore",
        _ => throw new UnreachableException(),
    };

    /// <summary>Where its table stays once it is taken over: out of the way, and out of every catalog.</summary>
    public static ObjectName KeptAs(ForeignTool tool) => new("sluice", "imported_" + NameOf(tool).Replace('-', '_'));
}
