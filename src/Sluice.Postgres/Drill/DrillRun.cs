using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Recovery;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Drill;

/// <summary>
/// Plays disasters on scratch servers that it makes and removes, from the newest backup that there is, and measures how long the way back
/// takes and what is lost. The live server is asked one thing, how far its WAL is, and may be gone.
/// </summary>
public static class DrillRun
{
    internal const string NothingToTry = "SL5147";

    /// <exception cref="ProblemException">SL5147: there is no backup of the database.</exception>
    /// <exception cref="LocalClusterException">No PostgreSQL server of the backup's version is here.</exception>
    public static async Task<DrillReport> RunAsync(RunSettings settings, DrillRequest request, string toolVersion, CancellationToken cancellation = default)
    {
        var began = (At: settings.Clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var newest = await NewestAsync(settings, request.Folder, cancellation);
        if (newest.Archive is null)
        {
            throw new ProblemException(new Problem(NothingToTry, $"There is no backup of the whole database `{settings.Address.Database}` in {request.Folder}: nothing could be brought back.")
            {
                Remedies = ["Take one: `sluice backup`", "Or name the folder: `--dir DIR`"],
            });
        }

        var major = DumpTools.MajorOf(newest.Manifest.ServerVersion);
        var binaries = await PostgresBinaries.RequireMajorAsync(major, request.StateFolder, cancellation);
        var server = new LocalCluster(Path.Combine(request.Scratch, "server"), binaries, new LocalClusterOptions(Durable: false, MaxConnections: 60));
        request = request with { Scenarios = [.. Enum.GetValues<DrillScenario>().Where(s => request.Scenarios.Contains(s) || (s is DrillScenario.Restore && request.Scenarios.Any(NeedsTheDatabase)))] };
        var stage = new DrillStage(settings, request, await DumpTools.RequireAsync(major, cancellation), binaries, server);
        Leftovers.Sweep(Path.GetDirectoryName(request.Scratch), "drill-*");
        PrivateFiles.CreateFolder(request.Scratch);
        await using var claim = Leftovers.Claim(request.Scratch);
        var results = ImmutableArray.CreateBuilder<DrillResult>();
        try
        {
            foreach (var scenario in request.Scenarios)
            {
                stage.Begin(scenario);
                results.Add(await TryAsync(stage, scenario, newest.Archive, newest.Manifest, cancellation));
            }
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);

            // The server's own folder may be elsewhere, where its account can enter.
            foreach (var folder in new[] { Path.GetDirectoryName(server.DataFolder)!, request.Scratch }.Where(Directory.Exists))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        // What a backup alone would lose is not what would be lost, where WAL was seen to lead further.
        var receives = results.Any(r => r is { Scenario: DrillScenario.PointInTime, Verdict: DrillVerdict.Passed, RpoMs: not null });
        return new DrillReport
        {
            Database = settings.Address.Database,
            Server = newest.Manifest.Server,
            System = newest.Manifest.System,
            Host = settings.Identity.Host,
            ToolVersion = toolVersion,
            BeganAt = began.At,
            DurationMs = (long)Stopwatch.GetElapsedTime(began.Item2).TotalMilliseconds,
            RtoObjectiveMs = (long)request.Objectives.Rto.TotalMilliseconds,
            RpoObjectiveMs = (long)request.Objectives.Rpo.TotalMilliseconds,
            Results = [.. results.Select(r => Judged(r with { JudgesRpo = r.Scenario is not DrillScenario.Restore || !receives }, request.Objectives))],
        };
    }

    // Another server may have a database of that name; of a server that is gone its successor asks, and those are all there are.
    private static async Task<(string Archive, BackupManifest Manifest)> NewestAsync(RunSettings settings, string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            return default;
        }

        var system = await PointInTime.SystemAsync(settings, cancellation);
        var own = Retention.Of(folder, settings.Address.Database, system, settings.Address.Server).FirstOrDefault(b => b.Manifest.Whole);
        return own.Archive is not null ? own : Retention.Of(folder, settings.Address.Database).FirstOrDefault(b => b.Manifest.Whole);
    }

    private static bool NeedsTheDatabase(DrillScenario scenario) => scenario is DrillScenario.FailedMigration or DrillScenario.DroppedTable or DrillScenario.LostServer;

    private static async Task<DrillResult> TryAsync(DrillStage stage, DrillScenario scenario, string archive, BackupManifest manifest, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        DrillResult result;
        try
        {
            result = (scenario, NeedsTheDatabase(scenario) && !stage.IsRestored) switch
            {
                (_, true) => new DrillResult(scenario, DrillVerdict.Skipped, "the backup could not be restored", null, null, []),
                (DrillScenario.Restore, _) => await RestoreDrill.RunAsync(stage, archive, manifest, cancellation),
                (DrillScenario.PointInTime, _) => await PointInTimeDrill.RunAsync(stage, cancellation),
                (DrillScenario.CorruptedBackup, _) => await CorruptedBackupDrill.RunAsync(stage, archive, manifest, cancellation),
                (DrillScenario.FailedMigration, _) => await FailedMigrationDrill.RunAsync(stage, cancellation),
                (DrillScenario.DroppedTable, _) => await DroppedTableDrill.RunAsync(stage, cancellation),
                (DrillScenario.LostServer, _) => await LostServerDrill.RunAsync(stage, cancellation),
                _ => throw new UnreachableException(),
            };
        }
        catch (ProblemException failed)
        {
            result = new DrillResult(scenario, DrillVerdict.Failed, $"{failed.Problem.Code}: {failed.Problem.Message}", null, null, failed.Problem.Remedies);
        }
        catch (Exception failed) when (failed is LocalClusterException or NpgsqlException or IOException)
        {
            result = new DrillResult(scenario, DrillVerdict.Failed, Redaction.Clean(failed.Message, stage.Live.Address), null, null, []);
        }

        return result with { DurationMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds };
    }

    /// <summary>What succeeded too late, or lost too much, did not succeed.</summary>
    private static DrillResult Judged(DrillResult result, DrillObjectives objectives)
    {
        string?[] missed =
        [
            result.RtoMs > objectives.Rto.TotalMilliseconds ? "it took longer than the objective allows" : null,
            result.JudgesRpo && result.RpoMs > objectives.Rpo.TotalMilliseconds ? "more was lost than the objective allows" : null,
        ];
        return result.Verdict is DrillVerdict.Passed && missed.OfType<string>().ToList() is { Count: > 0 } why
            ? result with { Verdict = DrillVerdict.Failed, Summary = $"{result.Summary}; but {string.Join(", and ", why)}" }
            : result;
    }
}
