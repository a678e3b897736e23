using System.Globalization;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Maintaining;

/// <summary>Files that have a command run every night: a line for cron, a service and its timer for systemd.</summary>
public static class Schedule
{
    /// <param name="command">With its arguments, as a shell reads it.</param>
    /// <param name="folder">The project's.</param>
    public static string Cron(TimeOnly at, string command, string folder) => string.Create(CultureInfo.InvariantCulture,
        $"""
        # Every night, in the server's time zone. What it says goes to the system's log; the address comes from the project's .env.
        {at.Minute} {at.Hour} * * * cd {Cron(ShellWord.Quote(folder))} && {Cron(command)} 2>&1 | logger -t sluice-maintain

        """).ReplaceLineEndings("\n");

    public static string Service(string command, string folder) =>
        $"""
        [Unit]
        Description=Maintenance of the database of {folder.Replace("%", "%%", StringComparison.Ordinal)}
        After=network-online.target
        Wants=network-online.target

        [Service]
        Type=oneshot
        WorkingDirectory={folder.Replace("%", "%%", StringComparison.Ordinal)}
        ExecStart={command.Replace("%", "%%", StringComparison.Ordinal)}
        Nice=10

        """.ReplaceLineEndings("\n");

    public static string Timer(TimeOnly at) => string.Create(CultureInfo.InvariantCulture,
        $"""
        [Unit]
        Description=Maintenance of the database, every night

        [Timer]
        OnCalendar=*-*-* {at:HH:mm}:00
        Persistent=true
        RandomizedDelaySec=60

        [Install]
        WantedBy=timers.target

        """).ReplaceLineEndings("\n");

    // To cron it is the end of the line.
    private static string Cron(string text) => text.Replace("%", "\\%", StringComparison.Ordinal);
}
