using System.Text.Json;
using Sluice.Catalog;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Verifying;

namespace Sluice.Studio.Migrations;

/// <summary>What the history makes, and what the database has, as the SQL that would make each.</summary>
/// <param name="Status">What `sluice migrate status --drift` says of the differences.</param>
internal sealed record DriftAnswer(JsonElement Status, string Made, string Found)
{
    public static async Task<DriftAnswer> ReadAsync(RunSettings settings, ToolProgram tool, CancellationToken cancellation)
    {
        var status = ToolRun.JsonAsync(tool, settings.Address, cancellation, "migrate", "status", "--drift");
        var seen = settings with { SeesObjects = true };
        var history = (await Postgres.Verifying.Status.ReadAsync(settings, cancellation: cancellation)).History;
        var folder = MigrationFolder.Read(settings.MigrationsPath);
        var made = await Replay.CatalogAsync(seen, [.. folder.Migrations.Where(m => history.Applied.Contains(m.Name))], cancellation);
        var found = await Pull.CatalogAsync(seen, cancellation);
        return new DriftAnswer(await status, Script(made), Script(found));
    }

    private static string Script(Database database) => Migration.Script(Database.Empty with { DefaultSchema = database.DefaultSchema }, database);
}
