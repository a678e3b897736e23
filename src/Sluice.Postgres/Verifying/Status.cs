using System.Collections.Immutable;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate status`: folder and history side by side, in few round trips.</summary>
public static class Status
{
    /// <param name="withDrift">Also replay the history into a shadow database and compare (slow).</param>
    /// <exception cref="ProblemException">P1003 and the other connection problems, P3019.</exception>
    public static Task<StatusReport> ReadAsync(RunSettings settings, bool withDrift = false, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            // The folder is read while the server answers.
            var connecting = RunSession.OpenAsync(settings, cancellation);
            MigrationFolder folder;
            try
            {
                folder = MigrationFolder.Read(settings.MigrationsPath);
            }
            catch (ProblemException)
            {
                await Abandon(connecting);
                throw;
            }

            await using var session = await connecting;
            var history = await session.ReadHistoryAsync(folder, cancellation);
            var unmanaged = !history.TableExists
                && !(await HistoryTable.OtherTablesAsync(session.Connection, session.AllSchemas, cancellation)).IsEmpty;
            var unfinished = await Unfinished.ReadAsync(session, folder, history, cancellation);
            ImmutableArray<Difference>? drift = withDrift && !unmanaged && unfinished.Halves.IsEmpty && Drift.CanBeTold(history)
                ? await Traces.ReadAsync(settings, session.Connection, (await Drift.FindAsync(settings, session.Connection, folder, history, cancellation)).Changes, cancellation)
                : null;
            return new StatusReport(folder.Names.Length, history, folder.WithoutScript, unmanaged, drift)
            {
                Layout = folder.Layout,
                HalfDone = unfinished.Halves,
                Failures = folder.Layout is MigrationLayout.Versioned ? [.. unfinished.Failures.Where(f => history.Pending.Contains(f.Migration))] : [],
                Online = await OnlineUnderWay.FindAsync(session.Connection, cancellation),
                Backfills = await BackfillTable.ReadUnfinishedAsync(session.Connection, cancellation) ?? [],
                Irreversible =
                [
                    .. folder.Migrations.Where(m => m.Down is not null && history.Applied.Contains(m.Name))
                        .SelectMany(m => DownScript.Irreversible(m.Down!.Script).Select(reason => (m.Name, reason))),
                ],
            };
        });

    private static async Task Abandon(Task<RunSession> connecting)
    {
        try
        {
            await (await connecting).DisposeAsync();
        }
        catch (ProblemException)
        {
            // The folder's problem is told; the connection's would come second.
        }
    }
}

/// <param name="Found">How many migrations the folder has.</param>
/// <param name="Unmanaged">The schema holds tables, yet there is no history: baseline it.</param>
/// <param name="Drift">Null when not looked for, or when edited, missing, failed or half done migrations leave nothing to compare with.</param>
public sealed record StatusReport(
    int Found,
    HistoryState History,
    ImmutableArray<string> WithoutScript,
    bool Unmanaged,
    ImmutableArray<Difference>? Drift)
{
    public MigrationLayout Layout { get; init; }

    /// <summary>Applied migrations that cannot be undone without loss, with what their down scripts say of it.</summary>
    public ImmutableArray<(string Migration, string Reason)> Irreversible { get; init; } = [];

    /// <summary>Those that a run was stopped in, by the journal's account; the next one goes on there.</summary>
    public ImmutableArray<HalfDone> HalfDone { get; init; } = [];

    /// <summary>Pending ones whose last run failed, in the layout whose history keeps none; by the journal.</summary>
    public ImmutableArray<FailedRun> Failures { get; init; } = [];

    /// <summary>The migration that is being carried out online; null for none.</summary>
    public OnlineUnderWay? Online { get; init; }

    /// <summary>Those that are not over, as far as this user may see.</summary>
    public ImmutableArray<BackfillRow> Backfills { get; init; } = [];

    /// <summary>Nothing pending, failed, edited, missing, renamed or drifted.</summary>
    public bool UpToDate =>
        !Unmanaged && WithoutScript.IsEmpty && History.Pending.IsEmpty && History.Failed.IsEmpty && History.Edited.IsEmpty
        && HalfDone.IsEmpty && History.Missing.IsEmpty && History.Renamed.IsEmpty && History.Unrecorded.IsEmpty && History.PartlySquashed.IsEmpty
        && (Drift is null || Drift.Value.IsEmpty);
}
