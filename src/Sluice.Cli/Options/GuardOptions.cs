using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Preflight;

namespace Sluice.Cli.Options;

/// <summary>What a run takes that is checked and backed up before it changes anything.</summary>
internal static class GuardOptions
{
    public const string WindowVariable = "SLUICE_WINDOW";

    private const string AllChecks = "all";

    public static readonly Option<string?> Window = new("--window")
    {
        Description = $"The maintenance window, UTC; outside of it the check is critical (also: {WindowVariable})",
        HelpName = "\"Sat,Sun 01:00-05:00\"",
    };

    public static readonly Option<string?> SkipCheck = new("--skip-check")
    {
        Description = "Checks that must not stop the run: names with commas between, or `all` to make none before it",
        HelpName = "NAMES",
    };

    private static readonly Option<string?> Scope = new("--backup-scope")
    {
        Description = "What the backup holds: `whole`, `affected` (the rows that can change), or `auto`, by the database's size (the default)",
        HelpName = "SCOPE",
    };

    public static readonly Option[] All =
    [
        Window, SkipCheck, Scope, Commands.BackupOptions.Keep, Commands.BackupOptions.MaxAge, Commands.BackupOptions.Folder, Commands.BackupOptions.Format, Commands.BackupOptions.Jobs, Commands.BackupOptions.KeyFile,
    ];

    public static CheckLimits Limits(Session session) => CheckLimits.Default with
    {
        ProvesBackups = !session.Get(OperatingOptions.NoBackup),
        Window = session.Get(Window) is { } option ? Read(option, Window.Name)
            : session.Project.Variables[WindowVariable] is { Length: > 0 } variable ? Read(variable, WindowVariable)
            : null,
    };

    public static ScopePolicy ScopePolicyOf(Session session) => session.Get(Scope) switch
    {
        null or "auto" => ScopePolicy.Auto,
        "whole" => ScopePolicy.Whole,
        "affected" => ScopePolicy.Affected,
        var other => throw new StopException($"{Scope.Name} is `{other}`; it must be `whole`, `affected` or `auto`."),
    };

    /// <summary>A check's name as it is typed: `long-transactions`.</summary>
    public static string Typed(Check check) => check.Name.Replace(' ', '-');

    /// <summary>The names of `--skip-check`; null for all checks.</summary>
    public static ImmutableHashSet<string>? Skipped(Session session)
    {
        var names = (session.Get(SkipCheck) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => n.Replace(' ', '-')).ToImmutableHashSet();
        return names.Contains(AllChecks) ? null : names;
    }

    private static MaintenanceWindow Read(string text, string from) =>
        MaintenanceWindow.Parse(text) ?? throw new StopException($"{from} is `{text}`; write days and two times of day, UTC, for example `01:00-05:00` or `Sat,Sun 22:00-06:00`.");
}
