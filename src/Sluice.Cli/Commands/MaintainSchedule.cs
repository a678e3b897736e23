using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Maintaining;

namespace Sluice.Cli.Commands;

/// <summary>`maintain --schedule`: files for cron or systemd, to be put where they belong by whoever may.</summary>
internal static class MaintainSchedule
{
    public static Answer Print(Session session, string kind, string at)
    {
        if (!TimeOnly.TryParseExact(at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            throw new StopException($"--at is `{at}`; write hours and minutes, for example `--at 03:30`.");
        }

        // No address on the command line: it would hold a password, for everybody to see.
        var (folder, command) = (session.Project.Folder, $"{ShellWord.Quote(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "sluice" ? path : "sluice")} maintain --max-time 2h");
        (string Name, string Text)[] files = kind switch
        {
            "cron" => [("crontab", Schedule.Cron(time, command, folder))],
            "systemd" => [("/etc/systemd/system/sluice-maintain.service", Schedule.Service(command, folder)), ("/etc/systemd/system/sluice-maintain.timer", Schedule.Timer(time))],
            _ => throw new StopException($"--schedule is `{kind}`; it must be `cron` or `systemd`."),
        };
        foreach (var (name, text) in files)
        {
            session.Terminal.Result($"{(files.Length > 1 ? $"# {name}\n" : "")}{text}");
        }

        session.Terminal.Note(kind == "cron" ? "Add it with `crontab -e`." : "Then: systemctl daemon-reload && systemctl enable --now sluice-maintain.timer");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteStartArray("files");
            foreach (var (name, text) in files)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("text", text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
