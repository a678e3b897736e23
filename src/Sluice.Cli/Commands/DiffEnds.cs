using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Cli.Options;
using Sluice.Cli.Projects;
using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Verifying;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>Turns both ends of `migrate diff` into catalogs whose unqualified names live in the same schema.</summary>
internal static class DiffEnds
{
    public static async Task<(Database From, Database To)> ReadAsync(Session session, DiffEnd from, DiffEnd to)
    {
        var schemas = new[] { from, to }.OfType<DiffEnd.Schema>().Distinct().ToDictionary(e => e, e => Read(session, e.Path));
        var declared = schemas.Values.SelectMany(s => s.Datasource?.Schemas.Items ?? []).Distinct().ToImmutableArray();
        var defaultSchema = new[] { from, to }.Select(e => AddressOf(session, e)?.Schema).FirstOrDefault(s => s is not null) ?? "public";
        // Objects are compared where SQL files own them or SQL is an end, and no end is a schema that says nothing of them.
        DiffEnd[] ends = [from, to];
        var seesObjects = (ends.Any(e => e is DiffEnd.Sql or DiffEnd.Schema) || !session.Project.SqlFiles.IsEmpty) && ends.OfType<DiffEnd.Schema>().All(s => !SqlFiles(s).IsEmpty);
        return (await CatalogAsync(from), await CatalogAsync(to));

        ImmutableArray<SourceText> SqlFiles(DiffEnd.Schema schema) => Project.Find(session.Project.Folder, schema.Path, null, null).SqlFiles;

        async Task<Database> CatalogAsync(DiffEnd end) => end switch
        {
            DiffEnd.Empty => Database.Empty with { DefaultSchema = defaultSchema },
            DiffEnd.Schema schema when seesObjects => await Declaration.CatalogAsync(Shadow(".") with { SqlFiles = SqlFiles(schema) }, CatalogBuilder.Build(schemas[schema], defaultSchema), session.Stop),
            DiffEnd.Schema schema => CatalogBuilder.Build(schemas[schema], defaultSchema),
            DiffEnd.Migrations migrations => await ReplayAsync(FolderOf(migrations.Path).RequireScripts()),
            DiffEnd.Sql sql => await Replay.CatalogOfScriptAsync(Shadow("."), ScriptOf(sql.Path), Paths.Show(sql.Path), session.Stop),
            DiffEnd.Url or DiffEnd.Datasource or DiffEnd.Configured => await Pull.CatalogAsync(Settings(AddressOf(session, end)!, "."), session.Stop),
            _ => throw new UnreachableException(),
        };

        Task<Database> ReplayAsync(MigrationFolder folder) => Replay.CatalogAsync(Shadow(folder.Path), folder.Migrations, session.Stop);

        RunSettings Shadow(string path)
        {
            var given = session.Get(MigrateDiffCommand.ShadowUrl) ?? session.Project.ShadowUrl;
            var scratch = given is null ? null : DatabaseAddress.Parse(given) with { Schema = defaultSchema };
            return Settings(Main(scratch) with { Schema = defaultSchema }, path) with { ShadowAddress = scratch };
        }

        // The database that the scratch one must not be, and on whose server one is created when none is given.
        DatabaseAddress Main(DatabaseAddress? scratch) =>
            new[] { from, to }.Select(e => AddressOf(session, e)).FirstOrDefault(a => a is not null)
            ?? (scratch is null ? session.Project.Connection : session.Project.ConnectionOrNull)?.Address
            ?? scratch! with { Database = "postgres" };

        RunSettings Settings(DatabaseAddress address, string path) => new()
        {
            Address = address,
            MigrationsPath = Path.GetFullPath(path),
            DeclaredSchemas = declared,
            SeesObjects = seesObjects,
            Progress = new RunTalk(session),
        };
    }

    private static SchemaModel Read(Session session, string path) => LoadedSchema.Require(session, Migration.Read(SchemaFiles.Read(path).AsSpan()));

    private static DatabaseAddress? AddressOf(Session session, DiffEnd end) => end switch
    {
        DiffEnd.Url url => DatabaseAddress.Parse(url.Address),
        DiffEnd.Datasource datasource => Project.Find(session.Project.Folder, datasource.Path, null, null).Connection.Address,
        DiffEnd.Configured => session.Project.Connection.Address,
        _ => null,
    };

    // No folder reads as no migrations, which here would be a difference of everything.
    private static MigrationFolder FolderOf(string path) => Directory.Exists(path)
        ? MigrationFolder.Read(Path.GetFullPath(path))
        : throw new StopException($"There is no migrations folder at {Paths.Show(path)}.", null, "For a history without any migration write `--from-empty` or `--to-empty`.");

    private static string ScriptOf(string path) =>
        Directory.Exists(path)
            ? string.Join('\n', Directory.EnumerateFiles(path, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText))
            : File.Exists(path) ? File.ReadAllText(path) : throw new StopException($"There is no SQL file or folder at {Paths.Show(path)}.");
}
