using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What `migrate status` says to people, worst first.</summary>
internal static class StatusText
{
    public static void Print(Session session, StatusReport report)
    {
        var terminal = session.Terminal;
        var history = report.History;
        terminal.Result(LiveRun.Found(session, report.Found));
        terminal.Result();
        if (report.Online is { Migration: { } online } open)
        {
            terminal.Warn($"`{online}` is being carried out online (state `{open.State}`), and nothing else is applied until that is over. What comes next: `sluice migrate online status{CommandLine.Shared(session)}`");
        }

        foreach (var backfill in report.Backfills)
        {
            terminal.Warn($"The backfill `{backfill.Name}` is not over ({BackfillText.HowFar(backfill.Passed, backfill.Total)}){(backfill.Worker is null ? ", and nobody is at it" : "")}: `sluice migrate backfill --status{CommandLine.Shared(session)}`");
        }

        if (report.Unmanaged)
        {
            Unmanaged(session, report);
            return;
        }

        Section("Following migration have failed:", "Following migrations have failed:", [.. history.Failed.Select(f => f.MigrationName)]);
        foreach (var failure in report.Failures)
        {
            terminal.Result(terminal.Ink.Yellow(string.Create(
                CultureInfo.InvariantCulture,
                $"`{failure.Migration}` has failed, at {failure.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC, statement {failure.Ordinal} of {failure.Total}{(failure.Why is { } why ? $": {why}" : "")}")));
            terminal.Result($"Correct its file, or what stands in its way in the database, then run `sluice up{CommandLine.Shared(session)}`.");
            terminal.Result();
        }

        foreach (var half in report.HalfDone)
        {
            terminal.Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"`{half.Migration}` is partly {(half.Undoing ? "undone" : "applied")}: a run was stopped after {half.Done} of {half.Total} statements. To go on there: `sluice {(half.Undoing ? "down " + CommandLine.Quote(half.Migration) : "up")}{CommandLine.Shared(session)}`"));
        }

        if (history.Failed.Any(f => report.HalfDone.All(h => h.Migration != f.MigrationName)))
        {
            WaysOut(session, history.Failed[^1].MigrationName);
        }

        Section("Following migration was modified after it was applied:", "Following migrations were modified after they were applied:", history.Edited);
        Section(
            "Following migration was applied and is missing from the local migrations directory:",
            "Following migrations were applied and are missing from the local migrations directory:",
            history.Missing);
        var pending = history.Pending.Concat(report.WithoutScript).Order(StringComparer.Ordinal).ToList();
        Section("Following migration have not yet been applied:", "Following migrations have not yet been applied:", pending);
        foreach (var (from, to) in history.Renamed)
        {
            terminal.Warn($"`{from}` was applied under that name; on disk it is `{to}`.");
        }

        foreach (var name in history.Unrecorded)
        {
            terminal.Warn($"`{name}` stands for migrations that are applied here; the next `sluice {(report.Layout is MigrationLayout.Versioned ? "up" : "migrate deploy")}` marks it as applied, and runs nothing of it.");
        }

        foreach (var part in history.PartlySquashed)
        {
            terminal.Warn(part.Absent.IsEmpty
                ? $"`{part.Squash}` stands for migrations some of which were applied with another text: {string.Join(", ", part.Different)}"
                : $"`{part.Squash}` stands for migrations of which the database has {part.Applied.Length}, up to {part.Applied[^1]}, and not {string.Join(", ", part.Absent.Take(5))}. Apply these from the commit before the squash.");
        }

        foreach (var name in history.OutOfOrder)
        {
            terminal.Warn($"`{name}` is pending although a later migration has been applied.");
        }

        foreach (var name in report.WithoutScript)
        {
            terminal.Warn($"`{name}` has no migration.sql.");
        }

        if (pending.Count > 0 && report.Layout is MigrationLayout.Versioned)
        {
            terminal.Result("To see what they would do run `sluice up --dry-run`; to apply them `sluice up`.");
        }
        else if (pending.Count > 0)
        {
            terminal.Result("To apply migrations in development run `sluice migrate dev`.");
            terminal.Result("To apply migrations in production run `sluice migrate deploy`.");
        }

        foreach (var (name, reason) in report.Irreversible)
        {
            terminal.Result(terminal.Ink.Faint($"{name} cannot be undone without loss: {reason}"));
        }

        Drift(session, report);
        if (report.UpToDate)
        {
            terminal.Result(terminal.Ink.Green("Database schema is up to date!"));
        }

        void Section(string one, string many, IReadOnlyList<string> names)
        {
            if (names.Count > 0)
            {
                terminal.Result(terminal.Ink.Yellow(names.Count == 1 ? one : many));
                foreach (var name in names)
                {
                    terminal.Result(name);
                }

                terminal.Result();
            }
        }
    }

    public static void WaysOut(Session session, string migration)
    {
        var terminal = session.Terminal;
        terminal.Result("If it was this tool that ran it: correct the file, then run `sluice migrate deploy`; it goes on where it stopped.");
        terminal.Result("Otherwise the failed migration can be marked as rolled back or applied:");
        terminal.Result();
        terminal.Result("- If you rolled back the migration manually, or nothing of it was done, so that it runs again:");
        terminal.Result($"  sluice migrate resolve --rolled-back {CommandLine.Quote(migration)}{CommandLine.Shared(session)}");
        terminal.Result("- If you fixed the database manually (hotfix), so that it is not run again:");
        terminal.Result($"  sluice migrate resolve --applied {CommandLine.Quote(migration)}{CommandLine.Shared(session)}");
        terminal.Result();
    }

    private static void Unmanaged(Session session, StatusReport report)
    {
        var terminal = session.Terminal;
        terminal.Result("The current database is not managed by Sluice: it holds tables, and no history of migrations.");
        terminal.Result();
        foreach (var line in Baseline.Steps(session, report.History.Pending))
        {
            terminal.Result(line);
        }
    }

    private static void Drift(Session session, StatusReport report)
    {
        if (report.Drift is { IsEmpty: false } drift)
        {
            session.Terminal.Result(session.Terminal.Ink.Yellow("Drift: the database was changed outside its migrations:"));
            session.Terminal.Result(ChangeText.Summary([.. drift.Select(d => d.Change)], session.Terminal.Ink));
            foreach (var line in TraceText.Lines(drift, session.Terminal.Ink))
            {
                session.Terminal.Result(line);
            }

            session.Terminal.Result();
            session.Terminal.Result("To take it back, with the SQL shown and rows counted first:");
            session.Terminal.Result($"  sluice migrate resolve --repair{CommandLine.Shared(session)}");
            session.Terminal.Result("To keep it, as a migration that is applied here already:");
            session.Terminal.Result($"  sluice migrate resolve --adopt --name NAME{CommandLine.Shared(session)}");
        }
    }
}
