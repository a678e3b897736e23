using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`restore`: into a new database first, compared, then in place of the old one, which is kept.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string?> File = new("FILE") { Description = "The backup: a .dump with its manifest .dump.json beside it; none with --to-time", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Into = new("--into") { Description = "Restore beside the database, into a new one of this name", HelpName = "NAME" };

    public static Command Create(Session session) =>
        new ToolCommand("restore", "Restore a backup, or a moment, into a new database, compare it, and put it in place of the old one", session, RunAsync)
        {
            Notes =
                "The old database is renamed and kept; nobody can connect to it until you allow it again. Until the last step nothing of it is touched. A damaged backup is refused.\nThe database that is replaced is backed up first; with --no-backup it is only kept.\n--to-time needs a base backup and received WAL (`sluice backup base`, `sluice backup wal`): a new server replays them beside the live one, and what it held then is dumped, proved and restored as a backup is.",
            Examples =
            [
                ("restore backups/shop_20250101T020000Z_002.dump", "replace the database, after asking"),
                ("restore backups/shop_20250101T020000Z_002.dump --into shop_look", "look at a backup beside the database"),
                ("restore --to-time '2026-11-21 23:59:59' --table orders", "bring back a table that was dropped a second later"),
                ("restore --to-time '2026-11-21 23:59:59'", "the whole database as it was then, after asking"),
                ("restore --to-time latest --look", "after the server was lost: all that was received, on a new server here"),
            ],
            RunsMigrations = true,
        }.With([File, Into, .. PointInTimeRestore.All, BackupOptions.Jobs, BackupOptions.OpeningKeyFile, BackupOptions.Unencrypted, BackupOptions.Folder]);

    private static async Task<Answer> RunAsync(Session session)
    {
        var (file, target) = (session.Get(File), PointInTimeRestore.Target(session));
        return (file, target) switch
        {
            (not null, null) => await FromFileAsync(session, LiveRun.Settings(session), Path.GetFullPath(file), null),
            (null, not null) => await PointInTimeRestore.RunAsync(session, LiveRun.Settings(session), target, session.Get(Into)),
            (null, null) => throw new StopException("There is nothing to restore.", null, "Name a backup: `ls -t backups/*.dump`", "Or a moment: `--to-time '2026-11-21 23:59:59'`"),
            _ => throw new StopException("A backup is the moment that it was taken at; a moment to go back to needs none.", null, "Leave out FILE, or --to-time."),
        };
    }

    /// <param name="more">What comes before the answer's own fields.</param>
    public static async Task<Answer> FromFileAsync(Session session, RunSettings settings, string archive, Action<Utf8JsonWriter>? more)
    {
        var talk = new BackupTalk(session);
        var request = new RestoreRequest
        {
            Archive = archive,
            Into = session.Get(Into),
            Jobs = BackupOptions.JobCount(session),
            Key = BackupOptions.Key(session),
            AllowsUnencrypted = session.Get(BackupOptions.Unencrypted),
            Progress = talk,
        };
        var plan = await RestoreRun.PlanAsync(settings, request, session.Stop);
        Explain(session, settings, plan);
        if (session.Get(OperatingOptions.DryRun))
        {
            session.Terminal.Result("Dry run: nothing was changed.");
            return Answer.With(Outcome.Ok, json =>
            {
                json.WriteBoolean("dryRun", true);
                json.WriteString("database", plan.Target);
                json.WriteString("keptAs", plan.KeptAs);
            });
        }

        BackupResult? backup = null;
        if (plan.KeptAs is not null)
        {
            await RequireConsentAsync(session, request, plan);
        }

        settings = LoggedRun.Begin(session, settings);
        if (plan.Left is not null)
        {
            // The backup of it, which comes first, could not connect.
            await HalfSwap.UndoAsync(settings, session.Stop);
        }

        if (plan.KeptAs is not null)
        {
            backup = await RunAhead.LookAsync(settings, [], a => SafetyBackup.BeforeAsync(session, a, ScopePolicy.Whole, BackupOptions.Request(session)), session.Stop);
        }

        RestoreResult result;
        try
        {
            result = await RestoreRun.RunAsync(settings, request, plan, session.Stop);
        }
        finally
        {
            talk.End();
        }

        Report(session, result);
        return Answer.With(Outcome.Ok, json =>
        {
            more?.Invoke(json);
            json.WriteString("database", result.Database);
            json.WriteString("keptAs", result.KeptAs);
            json.WriteString("schemaVersion", result.Manifest.SchemaVersion);
            json.WriteNumber("tables", result.Manifest.Tables.Length);
            json.WriteNumber("rows", result.Manifest.Tables.Sum(t => t.Rows));
            json.WriteStrings("warnings", result.Warnings);
            SafetyBackup.WriteJson(json, backup);
        });
    }

    private static void Explain(Session session, RunSettings settings, RestorePlan plan)
    {
        var terminal = session.Terminal;
        var manifest = plan.Manifest;
        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"The backup is whole: database {manifest.Database} as of {manifest.TakenAt:yyyy-MM-dd HH:mm:ss} UTC, schema version {manifest.SchemaVersion ?? "none"}, {DiagnosticText.Counted(manifest.Tables.Length, "table")}, {manifest.Tables.Sum(t => t.Rows):N0} rows."));
        if (plan.Left is { } left)
        {
            terminal.Warn($"An earlier restore was killed while it put \"{plan.Target}\" aside{(left.IsShut ? ", and nobody can connect to it since" : "")}. That is undone first: {string.Join("; ", left.Statements)}");
        }

        if (plan.KeptAs is { } kept)
        {
            terminal.Say($"It is restored into a new database on {settings.Address.Server} and compared; so far \"{plan.Target}\" stays untouched.");
            terminal.Warn($"Then comes the point of no return: sessions of \"{plan.Target}\" are ended, it is renamed to \"{kept}\", and the restored one takes its name. What was written since the backup is in \"{kept}\" alone.");
            terminal.Say($"Should this command be killed in that moment, nobody can connect to \"{plan.Target}\" until the next `sluice restore` of it, or `sluice doctor --fix`.");
        }
        else
        {
            terminal.Say($"It is restored into the new database \"{plan.Target}\" on {settings.Address.Server}; no other is touched.");
        }
    }

    private static Task RequireConsentAsync(Session session, RestoreRequest request, RestorePlan plan) => Consent.AskAsync(
        session,
        $"Put the backup in place of \"{plan.Target}\"?",
        $"The database \"{plan.Target}\" would be replaced, and there is no terminal to ask on; nothing was changed.",
        $"If that is what you want: `sluice restore {CommandLine.Quote(Paths.Show(request.Archive))} --yes`");

    private static void Report(Session session, RestoreResult result)
    {
        var terminal = session.Terminal;
        foreach (var warning in result.Warnings)
        {
            terminal.Warn(warning);
        }

        terminal.Result(terminal.Ink.Green($"Restored into \"{result.Database}\": definitions and rows are those of the backup."));
        if (result.KeptAs is { } kept)
        {
            terminal.Result($"The old database is kept as \"{kept}\"; connections to it are refused.");
            terminal.Result($"  look into it:  ALTER DATABASE \"{kept}\" WITH ALLOW_CONNECTIONS true;");
            terminal.Result($"  let it go:     DROP DATABASE \"{kept}\";");
        }
    }
}
