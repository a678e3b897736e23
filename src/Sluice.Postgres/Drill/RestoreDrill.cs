using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Postgres.Drill;

/// <summary>The newest backup on a server that has nothing: restored, compared with what was saved, and taken to the newest migration.</summary>
internal static class RestoreDrill
{
    public static async Task<DrillResult> RunAsync(DrillStage stage, string archive, BackupManifest manifest, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var age = stage.Live.Clock.GetUtcNow() - manifest.TakenAt;
        stage.Say("starting a scratch server");
        await stage.Server.StartAsync(cancellation);
        await MakeRolesAsync(stage, manifest, cancellation);

        stage.Say("reading the backup whole");
        var request = new RestoreRequest { Archive = archive, Into = manifest.Database, Key = stage.Request.Key, Jobs = stage.Request.Jobs, Progress = stage };
        var settings = stage.Settings with { Address = stage.AddressOf(manifest.Database) };
        var restored = await RestoreRun.RunAsync(settings, request, await RestoreRun.PlanAsync(settings, request, cancellation), cancellation);
        var restoredIn = Stopwatch.GetElapsedTime(started);
        List<string> evidence =
        [
            $"backup {Path.GetFileName(archive)}, {manifest.Bytes.ToString("#,0", CultureInfo.InvariantCulture)} bytes, whole by its SHA-256",
            string.Create(CultureInfo.InvariantCulture, $"{manifest.Tables.Length} tables, {manifest.Tables.Sum(t => t.Rows):#,0} rows and every definition equal to what was saved ({DrillReport.Time((long)restoredIn.TotalMilliseconds)})"),
            .. restored.Warnings,
        ];
        stage.Say("replaying pending migrations");
        evidence.Add(await ReplayAsync(settings, cancellation));
        stage.IsRestored = true;
        return new DrillResult(
            DrillScenario.Restore,
            DrillVerdict.Passed,
            "the newest backup was restored, compared and brought to the newest migration",
            (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
            (long)age.TotalMilliseconds,
            [.. evidence]);
    }

    private static async Task<string> ReplayAsync(RunSettings settings, CancellationToken cancellation)
    {
        var before = await Status.ReadAsync(settings, cancellation: cancellation);
        if (before.Found == 0)
        {
            return "there are no migrations";
        }

        var deployed = await Deploy.RunAsync(settings, cancellation);
        var applied = (await Status.ReadAsync(settings, cancellation: cancellation)).History.Applied.Length;
        var catalog = await CatalogAsync(settings, cancellation);
        return string.Create(CultureInfo.InvariantCulture, $"{deployed.Applied.Length} pending migrations replayed, {applied} applied in all; {catalog}");
    }

    // Told, and nothing that a drill judges: the live database may have the same differences.
    private static async Task<string> CatalogAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            return (await Status.ReadAsync(settings, withDrift: true, cancellation)).Drift switch
            {
                null => "the catalog could not be compared with what they make",
                { IsEmpty: true } => "the catalog is what they make",
                { } found => string.Create(CultureInfo.InvariantCulture, $"the catalog has {found.Length} differences to what they make (`sluice status --drift`)"),
            };
        }
        catch (ProblemException problem)
        {
            return $"the catalog could not be compared with what they make: {problem.Problem.Code}";
        }
    }

    // Objects belong to roles, which are the server's and in no dump. Nobody can sign in as them here.
    private static async Task MakeRolesAsync(DrillStage stage, BackupManifest manifest, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(stage.AddressOf(LocalCluster.UserName), cancellation);
        foreach (var role in manifest.Roles.IsDefault ? [] : manifest.Roles.Where(r => r != LocalCluster.UserName))
        {
            await using var create = new NpgsqlCommand($"CREATE ROLE {ServerConnection.Quote(role)}", connection);
            await create.ExecuteNonQueryAsync(cancellation);
        }
    }
}
