using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Online;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`migrate online`: the next migration while clients of both versions work.</summary>
internal static class MigrateOnlineCommand
{
    private static readonly Option<string[]> Set = new("--set") { Description = "What a new column is, told by old ones: `table.column = expression`", HelpName = "SQL", DefaultValueFactory = _ => [] };

    private static readonly Option<string[]> Back = new("--back") { Description = "What an old column is, told by new ones: `table.column = expression`", HelpName = "SQL", DefaultValueFactory = _ => [] };

    private static readonly Option<bool> AcceptDataLoss = new("--accept-data-loss") { Description = "Go on although values are lost that only one version has" };

    private static readonly Option<TimeSpan?> MaxLag = RunOptions.Time("--max-lag", "How far a replica may be behind (default 10s)");

    private static readonly Option<TimeSpan?> Pause = RunOptions.Time("--pause", "To wait between batches (default none)");

    private static readonly Option<int> MaxWal = new("--max-wal") { Description = "WAL the server may write, in MB a second; 0 for any amount", HelpName = "MB", DefaultValueFactory = _ => 64 };

    public static Command Create(Session session) =>
        new ToolCommand("online", "Carry out the next migration while clients of the version before and of the version after both work")
        {
            new ToolCommand("start", "Begin, or go on, until both versions are served", session, s => RunAsync(s, StartAsync))
            {
                KeepsLog = true,
                Notes = """
                    Takes the next pending migration (write one with `migrate dev --create-only`), tries the whole change on a scratch
                    database, and refuses what it cannot do. Then: new columns beside the old ones, triggers that keep the two the same,
                    the rows that are there in batches, indexes and constraints without locks that others feel, and views in a schema of
                    their own for clients of the version after. Old clients need no change. Killed at any moment, the same command goes on.

                    No lock is waited for longer than 80 ms at a time. Until `complete`, `rollback` takes everything back.
                    """,
                Examples =
                [
                    ("migrate online start", "begin, or go on"),
                    ("migrate online start --set \"users.first_name = split_part(name, ' ', 1)\" --set \"users.last_name = split_part(name, ' ', 2)\" --back \"users.name = first_name || ' ' || last_name\"", "a column is split"),
                    ("migrate online start --set \"users.role = CASE role WHEN 'ADMIN' THEN 'OWNER' ELSE role::text END\"", "a label of an enum goes"),
                ],
            }.With(Set, Back, MaxLag, Pause, MaxWal, RunOptions.LockBudget),
            new ToolCommand("status", "Where it is, and how clients connect", session, StatusAsync) { Examples = [("migrate online status", "how far is it, what comes next?")] },
            new ToolCommand("complete", "End the version before; the migration is then applied", session, CompleteAsync)
            {
                KeepsLog = true,
                BacksUp = true,
                Notes = """
                    When no client of the version before is left: looks at the rows of both versions once more, drops what was only for the
                    version before, gives the new columns and indexes their names, and records the migration. One short transaction for each
                    table; clients of the version after go on without a change. There is no way back from here. Values of columns that only the version
                    before has are counted first, and go with `--accept-data-loss` only.

                    The checks and the proved backup of `migrate deploy` go before it, checks after it.
                    """,
                Examples =
                [
                    ("migrate online complete", "the old version is gone"),
                    ("migrate online complete --no-backup", "where backups are taken care of elsewhere"),
                ],
            }.With([AcceptDataLoss, RunOptions.LockBudget, .. GuardOptions.All]),
            new ToolCommand("rollback", "Take it back; what the version before can hold stays", session, s => RunAsync(s, (t, c) => OnlineChange.RollbackAsync(c, t.Get(AcceptDataLoss), t.Stop)))
            {
                KeepsLog = true,
                Notes = "When no client of the version after is left: drops what was made for it. What they have written is in the old columns. Values of columns that only they have are counted, and go with `--accept-data-loss` only.",
                Examples = [("migrate online rollback", "the new version is gone")],
            }.With(AcceptDataLoss, RunOptions.LockBudget),
        };

    private static Task<Answer> CompleteAsync(Session session)
    {
        var guard = new RunGuard(session, Settings(session));
        return RunAsync(session, guard.Settings, (t, c) => OnlineChange.CompleteAsync(c, t.Get(AcceptDataLoss), t.Stop), guard);
    }

    private static Task<Answer> RunAsync(Session session, Func<Session, RunSettings, Task<OnlineRow>> run) => RunAsync(session, Settings(session), run);

    private static RunSettings Settings(Session session)
    {
        var settings = LiveRun.HistorySettings(session);
        return LoggedRun.Begin(session, settings with { LockBudget = session.Get(RunOptions.LockBudget) ?? settings.LockBudget });
    }

    private static async Task<Answer> RunAsync(Session session, RunSettings settings, Func<Session, RunSettings, Task<OnlineRow>> run, RunGuard? guard = null)
    {
        OnlineRow row;
        try
        {
            row = await run(session, settings);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            session.Terminal.Say("Stopped between two steps; the same command goes on from there.");
            throw;
        }

        foreach (var line in OnlineText.Ending(row, session.Terminal.Ink))
        {
            session.Terminal.Result(line);
        }

        return Answer.With(guard is { NeedsAttention: true } ? Outcome.Attention : Outcome.Ok, json =>
        {
            OnlineText.Write(json, row);
            guard?.WriteJson(json);
        });
    }

    private static Task<OnlineRow> StartAsync(Session session, RunSettings settings)
    {
        if (session.Get(MaxWal) is < 0 or > 1_000_000)
        {
            throw new StopException("`--max-wal` must be at least 0 MB.");
        }

        var request = new OnlineRequest
        {
            Set = [.. session.Get(Set) ?? []],
            Back = [.. session.Get(Back) ?? []],
            Pace = new BackfillRequest("", "")
            {
                MaxLag = session.Get(MaxLag) ?? TimeSpan.FromSeconds(10),
                Pause = session.Get(Pause) ?? TimeSpan.Zero,
                MaxWal = (long)session.Get(MaxWal) << 20,
            },
        };
        return OnlineChange.StartAsync(settings, request, session.Stop);
    }

    private static async Task<Answer> StatusAsync(Session session)
    {
        var settings = LiveRun.Settings(session);
        var rows = await OnlineChange.ReadAsync(settings, session.Stop);
        var backfills = rows.Any(r => r.State == OnlineState.Backfill) ? await Backfill.ReadAsync(settings, session.Stop) : [];
        foreach (var line in rows.SelectMany(r => OnlineText.Status(r, backfills, session.Terminal.Ink)).DefaultIfEmpty("No migration was ever carried out online here."))
        {
            session.Terminal.Result(line);
        }

        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteStartArray("changes");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                OnlineText.Write(json, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
