using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Recovery;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`restore --to-time`: the server as it was at a moment, in a folder of its own; from there the database or a table comes back.</summary>
internal static class PointInTimeRestore
{
    private static readonly Option<string?> ToTime = new("--to-time") { Description = "Go back to a moment: `2026-11-21 23:59:59.5` (UTC, or with an offset), or `latest`; needs `backup base` and `backup wal`", HelpName = "TIME" };

    private static readonly Option<string?> ToLsn = new("--to-lsn") { Description = "The same, to a position in the WAL: 0/3000060", HelpName = "LSN" };

    private static readonly Option<string?> ToName = new("--to-name") { Description = "The same, to a point that pg_create_restore_point named", HelpName = "NAME" };

    private static readonly Option<string?> Table = new("--table") { Description = "With --to-…: bring this table alone back into the database, where it must be gone", HelpName = "NAME" };

    private static readonly Option<bool> Look = new("--look") { Description = "With --to-…: leave the server of that moment running, and bring nothing back" };

    private static readonly Option<string?> ServerDir = new("--server-dir") { Description = "With --to-…: where that server's data go (default: .sluice/recovered/…)", HelpName = "DIR" };

    private static readonly Option<string?> RestoreCommand = new("--restore-command") { Description = "With --to-…: how PostgreSQL fetches WAL, for example `pgbackrest --stanza=main archive-get %f \"%p\"`", HelpName = "COMMAND" };

    private static readonly Option<bool> WithoutWal = new("--without-wal") { Description = "With --to-…: take the base backup's own state where no WAL was received since" };

    private static readonly Option<string?> FromServer = new("--from-server") { Description = "With --to-…: the identifier of the server whose backups are meant, as its folder `server-ID` has it, where another one answers now", HelpName = "ID" };

    public static readonly Option[] All = [ToTime, ToLsn, ToName, Table, Look, ServerDir, RestoreCommand, FromServer, WithoutWal];

    // A day and a time: half of it would be guessed.
    private static readonly string[] Forms =
    [
        .. from separator in new[] { "' '", "'T'" }
           from time in new[] { "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF" }
           from offset in new[] { "", "'Z'", "zzz", "zz" }
           select $"yyyy-MM-dd{separator}{time}{offset}",
    ];

    /// <summary>Null where no moment is named.</summary>
    public static RecoveryTarget? Target(Session session)
    {
        RecoveryTarget?[] named =
        [
            session.Get(ToTime) is { } time ? TimeOf(time) : null,
            session.Get(ToLsn) is { } lsn ? new RecoveryTarget.Lsn(lsn) : null,
            session.Get(ToName) is { } name ? new RecoveryTarget.Name(name) : null,
        ];
        if (named.Count(t => t is not null) > 1)
        {
            throw new StopException("--to-time, --to-lsn and --to-name name one moment each; write one of them.");
        }

        var target = named.FirstOrDefault(t => t is not null);
        return target is null && All.Skip(3).FirstOrDefault(session.Has) is { } lone
            ? throw new StopException($"{lone.Name} goes with a moment to go back to.", null, "Name it: `--to-time '2026-11-21 23:59:59'`")
            : target;
    }

    public static async Task<Answer> RunAsync(Session session, RunSettings settings, RecoveryTarget target, string? into)
    {
        var (table, look) = (session.Get(Table), session.Get(Look));
        if ((table is not null ? 1 : 0) + (look ? 1 : 0) + (into is not null ? 1 : 0) > 1)
        {
            throw new StopException("--table, --look and --into each say what becomes of that moment; write one of them.");
        }

        if (table is not null)
        {
            await TableReturn.RequireAbsentAsync(settings, table, session.Stop);
        }

        var talk = new RecoveryTalk(session);
        var state = LocalServer.StateFolder(session);
        var request = new RecoveryRequest
        {
            Folder = BackupOptions.FolderOf(session),
            Target = target,
            Home = session.Get(ServerDir) is { } home ? Path.GetFullPath(home, session.Project.Folder) : Path.Combine(state, "recovered", session.CorrelationId),
            RestoreCommand = session.Get(RestoreCommand),
            FromServer = session.Get(FromServer),
            Key = BackupOptions.Key(session),
            AllowsUnencrypted = session.Get(BackupOptions.Unencrypted),
            AllowsNoWal = session.Get(WithoutWal),
            StateFolder = state,
            Progress = talk,
        };
        var plan = await PointInTime.PlanAsync(settings, request, session.Stop);
        session.Terminal.Say($"Back to {target}: from the base backup {Paths.Show(plan.Base.Folder)} of {plan.Base.Manifest.Server}, with the WAL {(plan.ReceivedUntil is { } until ? $"that was received until {new RecoveryTarget.Time(until)}" : request.RestoreCommand is null ? "that is in it alone: none was received" : "that the command fetches")}.");
        session.Terminal.Say($"A new server in {Paths.Show(request.Home)} replays it; the live one is not touched.");
        if (session.Get(OperatingOptions.DryRun))
        {
            session.Terminal.Result("Dry run: nothing was done.");
            return Answer.With(Outcome.Ok, json => json.WriteBoolean("dryRun", true));
        }

        RecoveredServer server;
        try
        {
            server = await PointInTime.RunAsync(settings, request, plan, session.Stop);
        }
        finally
        {
            talk.End();
        }

        if (server.Base != plan.Base)
        {
            session.Terminal.Say($"It is older than that base backup: {Paths.Show(server.Base.Folder)} led there.");
        }

        Say(session, server);
        if (look)
        {
            return Keep(session, settings, server);
        }

        BackupResult backup;
        try
        {
            if (table is not null)
            {
                return Returned(session, server, await TableReturn.RunAsync(settings, server, table, session.Stop));
            }

            // In a folder of its own: it is older than it looks, and must not count as the newest.
            var save = BackupOptions.Request(session);
            backup = await SafetyBackup.TakeAsync(
                session, settings with { Address = server.Address }, save with { Folder = Path.Combine(save.Folder, "point-in-time"), Retention = RetentionPolicy.KeepAll, Upload = [] });
        }
        finally
        {
            await server.RemoveAsync();
        }

        return await Commands.RestoreCommand.FromFileAsync(session, settings, backup.Path, json => WriteJson(json, server));
    }

    private static void Say(Session session, RecoveredServer server)
    {
        var reached = server.ReachedAt is { } at ? $"the last transaction in it was committed at {new RecoveryTarget.Time(at)}" : "no transaction was committed since the base backup";
        session.Terminal.Say($"Reached WAL position {server.ReachedLsn}: {reached}.");
        if (server.Target is RecoveryTarget.Time(var wanted))
        {
            var last = server.ReachedAt ?? server.Base.Manifest.EndedAt;
            if (server.IsWhole)
            {
                session.Terminal.Say($"Nothing is missing: what was committed in the {Durations.Show(wanted - last)} up to the moment that was asked for, if anything was, is in it.");
            }
            else
            {
                session.Terminal.Warn($"The WAL ends there. What was committed in the {Durations.Show(wanted - last)} between it and the moment that was asked for, if anything was, is missing.");
            }
        }
    }

    private static Answer Keep(Session session, RunSettings settings, RecoveredServer server)
    {
        server.Keep();
        var terminal = session.Terminal;
        var user = settings.Address.User is { } name ? $" -U {CommandLine.Quote(name)}" : "";
        terminal.Result($"The server of that moment runs on 127.0.0.1:{server.Port}, with the users and passwords of then.");
        terminal.Result($"  look into it:  psql -h 127.0.0.1 -p {server.Port}{user} {CommandLine.Quote(settings.Address.Database)}");
        terminal.Result($"  bring it back: the same command with --table NAME, or without --look");
        terminal.Result($"  let it go:     kill -INT {server.ProcessId}, then rm -r {CommandLine.Quote(Paths.Show(server.Home))}");
        return Answer.With(Outcome.Ok, json =>
        {
            WriteJson(json, server);
            json.WriteString("home", server.Home);
            json.WriteNumber("port", server.Port);
            json.WriteNumber("processId", server.ProcessId);
        });
    }

    private static Answer Returned(Session session, RecoveredServer server, TableReturnResult result)
    {
        session.Terminal.Result(session.Terminal.Ink.Green($"{result.Table.Schema}.{result.Table.Name} is back: {result.Rows.ToString("#,0", CultureInfo.InvariantCulture)} rows, compared with those of that moment."));
        foreach (var warning in result.Warnings)
        {
            session.Terminal.Warn(warning);
        }

        foreach (var statement in result.Missing)
        {
            session.Terminal.Warn("A foreign key that referred to it is still missing:");
            session.Terminal.Say($"    {statement}");
        }

        return Answer.With(Outcome.Ok, json =>
        {
            WriteJson(json, server);
            json.WriteString("table", $"{result.Table.Schema}.{result.Table.Name}");
            json.WriteNumber("rows", result.Rows);
            json.WriteStrings("missing", result.Missing);
            json.WriteStrings("warnings", result.Warnings);
        });
    }

    private static void WriteJson(Utf8JsonWriter json, RecoveredServer server)
    {
        json.WriteStartObject("recovered");
        json.WriteString("target", server.Target.ToString());
        json.WriteString("base", server.Base.Folder);
        json.WriteString("reachedAt", server.ReachedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("reachedLsn", server.ReachedLsn);
        json.WriteBoolean("isWhole", server.IsWhole);
        json.WriteEndObject();
    }

    private static RecoveryTarget TimeOf(string text) =>
        text == "latest" ? new RecoveryTarget.Latest()
        : DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at <= TimeProvider.System.GetUtcNow()
                ? new RecoveryTarget.Time(at)
                : throw new StopException($"--to-time is `{text}`, {new RecoveryTarget.Time(at)}: that has not come yet.", null, "Without an offset a time is in UTC. For all there is: `--to-time latest`")
        : throw new StopException($"--to-time is `{text}`; write a moment, for example `2026-11-21 23:59:59.5` (UTC) or `2026-11-22T00:59:59+01:00`, or `latest`.");
}
