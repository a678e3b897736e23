using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.History;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What keeps `migrate dev` from making a migration; each finding with its own way out, and none of them is a reset.</summary>
internal static class DevFindings
{
    public static Answer Print(Session session, DevDiagnosis diagnosis)
    {
        var terminal = session.Terminal;
        var history = diagnosis.History;
        terminal.Say();
        if (diagnosis.Unmanaged)
        {
            Unmanaged(session, history);
        }

        foreach (var failed in diagnosis.Unproved)
        {
            terminal.Error($"The migration `{failed.MigrationName}` failed.", "P3009");
            terminal.Say("  Nothing of it is left in the database, or you undid it; it runs again next time:");
            terminal.Say($"    `sluice migrate resolve --rolled-back {CommandLine.Quote(failed.MigrationName)}{CommandLine.Shared(session)}`");
            terminal.Say("  You brought the database to where it leads:");
            terminal.Say($"    `sluice migrate resolve --applied {CommandLine.Quote(failed.MigrationName)}{CommandLine.Shared(session)}`");
            terminal.Say();
        }

        foreach (var name in history.Edited)
        {
            var path = Paths.Show(Path.Combine(session.Project.MigrationsPath, name, "migration.sql"));
            terminal.Error($"The migration `{name}` was modified after it was applied.");
            terminal.Say("  The database has what the file said then. Put the file back:");
            terminal.Say($"    `git log -p -- {CommandLine.Quote(path)}`   then   `git checkout COMMIT -- {CommandLine.Quote(path)}`");
            terminal.Say("  and write what you wanted to change as a new migration.");
            terminal.Say();
        }

        if (!history.Missing.IsEmpty)
        {
            terminal.Error($"The following migration(s) are applied to the database but missing from the local migrations directory: {string.Join(", ", history.Missing)}");
            terminal.Say("  Another branch or a colleague may have them. Bring them back:");
            terminal.Say($"    `git log --all --oneline -- {CommandLine.Quote(Paths.Show(Path.Combine(session.Project.MigrationsPath, history.Missing[0])))}`   then   `git checkout COMMIT -- …`");
            terminal.Say();
        }

        if (!diagnosis.Unmanaged && !diagnosis.Drift.IsEmpty)
        {
            Drift(session, diagnosis);
        }

        return Answer.With(Outcome.Attention, json =>
        {
            json.WriteBoolean("unmanaged", diagnosis.Unmanaged);
            json.WriteStrings("failed", diagnosis.Unproved.Select(f => f.MigrationName));
            json.WriteStrings("edited", history.Edited);
            json.WriteStrings("missing", history.Missing);
            ChangeJson.Write(json, "drift", diagnosis.Drift);
        });
    }

    private static void Unmanaged(Session session, HistoryState history)
    {
        var terminal = session.Terminal;
        terminal.Error("The database holds tables, and no history of migrations.", "P3005");
        foreach (var line in Baseline.Steps(session, history.Pending))
        {
            terminal.Say(line);
        }

        terminal.Say();
    }

    private static void Drift(Session session, DevDiagnosis diagnosis)
    {
        var terminal = session.Terminal;
        terminal.Error("Drift detected: the database is not where its migrations lead. In the database, against them:");
        terminal.Say();
        foreach (var line in ChangeText.Summary([.. diagnosis.Drift.Select(d => d.Change)], terminal.ErrorInk).TrimEnd('\n').Split('\n'))
        {
            terminal.Say("    " + line);
        }

        terminal.Say();
        foreach (var line in TraceText.Lines(diagnosis.Drift, terminal.ErrorInk))
        {
            terminal.Say("  " + line);
        }

        terminal.Say();
        terminal.Say("  To keep what the database has, make it a migration that is applied already:");
        terminal.Say($"    `sluice migrate resolve --adopt --name keep_drift{CommandLine.Shared(session)}`");
        terminal.Say("  To take it back; shows the SQL, counts the rows that would go, and asks:");
        terminal.Say($"    `sluice migrate resolve --repair{CommandLine.Shared(session)}`");
        terminal.Say();
    }

    /// <summary>What is said and stands in nobody's way: rights, and what belongs to the database as a whole.</summary>
    public static void Note(Session session, DevDiagnosis diagnosis)
    {
        if (!diagnosis.Drift.IsEmpty)
        {
            session.Terminal.Warn($"Not made by a migration, and left alone: {string.Join(", ", diagnosis.Drift.Select(d => ChangeLine.Of(d.Change).Text))}. More: `sluice migrate status --drift{CommandLine.Shared(session)}`");
        }
    }
}
