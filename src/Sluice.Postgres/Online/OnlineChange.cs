using System.Collections.Immutable;
using Npgsql;
using Sluice.Diff;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Verifying;

namespace Sluice.Postgres.Online;

/// <summary>
/// `migrate online`: carries out the next pending migration while clients of the version before and of the version after both
/// work. What is to be done is written down first; each step is committed with the position after it, so that any run goes on
/// where the last one ended, however that was.
/// </summary>
public static class OnlineChange
{
    /// <summary>Begins with the next pending migration, or goes on, until both versions are served.</summary>
    /// <exception cref="ProblemException">SL5120 to SL5126, SL5130 to SL5132.</exception>
    public static Task<OnlineRow> StartAsync(RunSettings settings, OnlineRequest request, CancellationToken cancellation = default) =>
        RunAsync(settings, async (session, folder) =>
        {
            var row = await OnlineTable.OpenAsync(session.Connection, cancellation) ?? await BeginAsync(session, folder, request, cancellation);
            RequireSame(row, request);
            if (row.State is OnlineState.Contract or OnlineState.Rollback)
            {
                throw WrongState(row);
            }

            await using var run = await OnlineRun.OpenAsync(session, request.Pace, cancellation);
            return await run.ForwardAsync(row, s => s.State == OnlineState.Contract, OnlineState.Switched, cancellation);
        }, cancellation);

    /// <summary>Ends the version before: its columns, views and triggers go, and the migration is recorded as applied.</summary>
    /// <param name="anyLoss">Consent to lose what only the version before has.</param>
    /// <exception cref="ProblemException">SL5120, SL5125 to SL5128, SL5137.</exception>
    public static Task<OnlineRow> CompleteAsync(RunSettings settings, bool anyLoss = false, CancellationToken cancellation = default) =>
        RunAsync(
            settings,
            async (session, folder) =>
            {
                var (row, migration) = await RequireCompletableAsync(session, folder, cancellation);
                await using (var run = await OnlineRun.OpenAsync(session, new BackfillRequest("", ""), cancellation))
                {
                    await run.LookAgainAsync(row, cancellation);
                    row = await run.ForwardAsync(row, _ => false, OnlineState.Contract, cancellation);
                }

                await RequireEndAsync(session, folder, migration, cancellation);
                await session.CommitAsync([.. Superseding.Applied(session.HistoryOf(folder), migration, settings.Clock.GetUtcNow()), OnlineTable.Enter(row, OnlineState.Done)], cancellation);
                if (settings.After is { } after)
                {
                    await after(new RunAhead(settings, session.Connection, [migration]), cancellation);
                }

                return row with { State = OnlineState.Done };
            },
            cancellation,
            async (session, folder) =>
            {
                var (row, migration) = await RequireCompletableAsync(session, folder, cancellation);
                if (row.State is OnlineState.Switched)
                {
                    var back = await OnlineTable.StepsAsync(session.Connection, row.Id, back: true, cancellation);
                    await LossSteps.RequireConsentAsync(session.Connection, back, OnlineState.Contract, anyLoss, cancellation);
                }

                return settings.Before is { } before ? await before(new RunAhead(settings, session.Connection, [migration]), cancellation) : null;
            });

    /// <summary>Takes it back; what clients of the version after have written stays, as the version before sees it.</summary>
    /// <param name="anyLoss">Consent to lose what only the version after has.</param>
    /// <exception cref="ProblemException">SL5120, SL5126, SL5127: its contraction has begun. SL5137.</exception>
    public static Task<OnlineRow> RollbackAsync(RunSettings settings, bool anyLoss = false, CancellationToken cancellation = default) =>
        RunAsync(settings, async (session, _) =>
        {
            var row = await RequireOpenAsync(session, cancellation);
            if (row.State is OnlineState.Contract)
            {
                throw WrongState(row);
            }

            var back = (await OnlineTable.StepsAsync(session.Connection, row.Id, back: true, cancellation)).Select(s => s.After(row.Position)).OfType<OnlineStep>().ToList();
            if (row.State is not OnlineState.Rollback)
            {
                await LossSteps.RequireConsentAsync(session.Connection, back, OnlineState.Rollback, anyLoss, cancellation);
                await session.CommitAsync([OnlineTable.Enter(row, OnlineState.Rollback)], cancellation);
            }

            if (await BackfillTable.ExistsAsync(session.Connection, cancellation))
            {
                foreach (var step in row.Steps.Where(s => s.Kind is OnlineStepKind.Backfill))
                {
                    await BackfillTable.CancelAsync(session.Connection, OnlineRun.BackfillName(row, step), cancellation);
                }
            }

            await using (var run = await OnlineRun.OpenAsync(session, new BackfillRequest("", ""), cancellation))
            {
                await run.BackAsync(row, [.. back.Where(s => s.Kind is not OnlineStepKind.Loss)], cancellation);
            }

            await session.CommitAsync([OnlineTable.Enter(row, OnlineState.RolledBack)], cancellation);
            return row with { State = OnlineState.RolledBack };
        }, cancellation);

    /// <summary>Every online change that the database remembers, the newest first.</summary>
    public static Task<ImmutableArray<OnlineRow>> ReadAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await OnlineTable.ReadAllAsync(connection, cancellation);
        });

    /// <param name="before">What comes before the run, under its lock; says which backup it has made.</param>
    private static Task<OnlineRow> RunAsync(
        RunSettings settings, Func<RunSession, MigrationFolder, Task<OnlineRow>> act, CancellationToken cancellation, Func<RunSession, MigrationFolder, Task<string?>>? before = null) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath).RequireScripts();
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            if (session.Lease is not null)
            {
                throw NotNow(
                    "An online change sets its patience for each session, and behind a pooler no session is its own.",
                    "Connect to the server itself, past the pooler: --url, or `directUrl` in the schema.");
            }

            var backup = before is null ? null : await before(session, folder);
            return await RecordedRun.RunAsync(
                session.Connection,
                settings,
                async run =>
                {
                    var row = await act(session, folder);
                    await run.NoteAsync($"online {row.Migration}: {row.State}");
                    return row;
                },
                cancellation,
                backup);
        });

    private static async Task<OnlineRow> BeginAsync(RunSession session, MigrationFolder folder, OnlineRequest request, CancellationToken cancellation)
    {
        var settings = session.Settings;
        var history = await session.RequireHistoryAsync(folder, cancellation);
        if (!history.Failed.IsEmpty || !history.Edited.IsEmpty || !history.Missing.IsEmpty || !history.Unrecorded.IsEmpty)
        {
            throw NotNow("The history is not in order, so what is there now is not known.", "See what is wrong: sluice migrate status");
        }

        if (history.Pending is not [var next, ..])
        {
            throw NotNow("No migration is pending.", "Write the next one without applying it: sluice migrate dev --create-only");
        }

        var migration = folder.Require(next);
        var drift = await Drift.FindAsync(settings, session.Connection, folder, history, cancellation);
        if (drift.Changes.Any(Difference.Hinder))
        {
            throw new ProblemException(new Problem("SL5124", "The database is not what its history makes, so nothing was begun.") { Remedies = ["See the differences and the ways out: sluice migrate status"] });
        }

        var given = await Expressions.ReadAsync(session.Connection, request, cancellation);
        var (plan, steps, back) = await OnlineRehearsal.RunAsync(settings, session.Connection, Drift.AppliedOf(folder, history), migration, given, cancellation);
        foreach (var step in steps.Where(s => s.Kind is OnlineStepKind.Backfill))
        {
            // Without a key there is no order to go by: known now rather than when the columns are there.
            _ = await BackfillTarget.ReadAsync(session.Connection, step.Tables[0], settings.Address.Schema, cancellation);
        }

        await OnlineTable.EnsureAsync(session.Connection, cancellation);
        await OnlineTable.BeginAsync(session.Connection, migration, plan, Options(request), steps, back, settings.Identity.CorrelationId, cancellation);
        return (await OnlineTable.OpenAsync(session.Connection, cancellation))!;
    }

    private static string[] Options(OnlineRequest request) => [.. request.Set.Select(s => $"set {s}"), .. request.Back.Select(b => $"back {b}")];

    private static void RequireSame(OnlineRow row, OnlineRequest request)
    {
        if (Options(request) is { Length: > 0 } options && !options.SequenceEqual(row.Options))
        {
            throw new ProblemException(new Problem("SL5130", $"The online change of `{row.Migration}` was begun with other expressions:\n{string.Join('\n', row.Options.Select(o => "  --" + o))}")
            {
                Remedies = ["Go on with those: sluice migrate online start, without `--set` and `--back`.", "Or give it up and begin anew: sluice migrate online rollback"],
            });
        }
    }

    private static async Task<OnlineRow> RequireOpenAsync(RunSession session, CancellationToken cancellation) =>
        await OnlineTable.OpenAsync(session.Connection, cancellation)
        ?? throw NotNow("No online change is under way.", "Begin one with the next pending migration: sluice migrate online start", "See those that were: sluice migrate online status");

    private static async Task<(OnlineRow Row, MigrationFile Migration)> RequireCompletableAsync(RunSession session, MigrationFolder folder, CancellationToken cancellation)
    {
        var row = await RequireOpenAsync(session, cancellation);
        return row.State is OnlineState.Switched or OnlineState.Contract ? (row, RequireUnchanged(row, folder)) : throw WrongState(row);
    }

    private static MigrationFile RequireUnchanged(OnlineRow row, MigrationFolder folder)
    {
        var migration = folder.Require(row.Migration);
        return migration.Checksum == row.Checksum ? migration : throw Changed(
            $"The file of `{row.Migration}` was changed after its online change had begun.\n{migration.Path}",
            "Bring it back as it was (from version control), then run this command again.",
            "Or give the change up, and begin anew with the file as it is: sluice migrate online rollback");
    }

    private static async Task RequireEndAsync(RunSession session, MigrationFolder folder, MigrationFile migration, CancellationToken cancellation)
    {
        var settings = session.Settings with { SeesObjects = true };
        var history = await session.ReadHistoryAsync(folder, cancellation);
        var wanted = await Replay.CatalogAsync(settings, [.. Drift.AppliedOf(folder, history), migration], cancellation);
        var changes = CatalogDiffer.Diff(wanted, await SeenCatalog.ReadAsync(settings, session.Connection, cancellation));
        if (changes.Where(Difference.Hinder).ToList() is { Count: > 0 } left)
        {
            throw Changed(
                $"Everything was carried out, but the database is not what the migration makes: somebody changed it meanwhile ({left.Count} difference{(left.Count == 1 ? "" : "s")}). It is not recorded as applied yet.",
                "See them: sluice migrate diff --from-migrations DIR --to-url URL",
                "Mend them, then run this command again.");
        }
    }

    private static ProblemException NotNow(string what, params ImmutableArray<string> remedies) => new(new Problem("SL5120", what) { Remedies = remedies });

    private static ProblemException Changed(string what, params ImmutableArray<string> remedies) => new(new Problem("SL5128", what) { Remedies = remedies });

    private static ProblemException WrongState(OnlineRow row) => new(new Problem("SL5127", row.State switch
    {
        OnlineState.Contract => $"The contraction of `{row.Migration}` has begun; the version before is no longer served, and there is only the way forward.",
        OnlineState.Rollback => $"`{row.Migration}` is being taken back.",
        _ => $"`{row.Migration}` is in state `{row.State}`: both versions are not served yet.",
    })
    {
        Remedies = [row.State switch
        {
            OnlineState.Contract => "Go on: sluice migrate online complete",
            OnlineState.Rollback => "Go on: sluice migrate online rollback",
            _ => "Go on until they are: sluice migrate online start",
        }],
    });
}
