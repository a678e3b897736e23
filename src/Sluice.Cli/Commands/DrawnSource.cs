using Sluice.Catalog;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Diagram;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What `erd` and `docs` are of: the database of `--url`, else the schema.</summary>
/// <param name="Name">What it is called in headings.</param>
internal sealed record DrawnSource(string Name, Database Database, Comments Comments)
{
    /// <param name="withObjects">Also what the schema language cannot say, where a database is read.</param>
    public static async Task<DrawnSource> ReadAsync(Session session, bool withObjects = false)
    {
        if (session.Get(SharedOptions.Url) is null)
        {
            var model = LoadedSchema.Require(session);
            var catalog = CatalogBuilder.Build(model, session.Project.ConnectionOrNull?.Address.Schema ?? "public");
            return new DrawnSource(Path.GetFileName(session.Project.SchemaPath), catalog, Comments.Of(catalog, model));
        }

        var settings = LiveRun.Settings(session);
        var (language, whole) = await Pull.BothAsync(settings, session.Stop);
        var database = withObjects ? language with { Objects = whole.Objects, SeesObjects = true } : language;

        // What people wrote in the schema holds for the database that is made from it.
        var written = session.Project.FoundSchemaPath is { } path && Path.Exists(path) && !session.Project.Schema.HasErrors ? session.Project.Schema.Value : null;
        return new DrawnSource(settings.Address.Database, database, Comments.Of(database, written));
    }
}
