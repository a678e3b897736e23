using System.CommandLine;

namespace Sluice.Cli.Options;

/// <summary>What the commands that run migrations take, before or after their name: `sluice --dry-run up`.</summary>
internal static class OperatingOptions
{
    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would be run, statement by statement, and change nothing",
        Recursive = true,
    };

    public static readonly Option<bool> NoBackup = new("--no-backup")
    {
        Description = "Take no backup before the run",
        Recursive = true,
    };

    public static readonly Option<string?> LogDir = new("--log-dir")
    {
        Description = "Where the run's log goes (default: `logs` beside the migrations)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option[] All = [DryRun, NoBackup, LogDir];

    /// <summary>Those that a command heeds.</summary>
    public static Option[] Of(Command command) => command switch
    {
        ToolCommand { RunsMigrations: true } => All,
        ToolCommand { KeepsLog: true, BacksUp: true } => [NoBackup, LogDir],
        ToolCommand { KeepsLog: true, ShowsFirst: true } => [DryRun, LogDir],
        ToolCommand { KeepsLog: true } => [LogDir],
        ToolCommand { ShowsFirst: true } => [DryRun],
        _ => [],
    };

    /// <summary>One of them that was given to a command that would ignore it; null when there is none.</summary>
    public static Option? Misplaced(ParseResult parse) =>
        All.Except(Of(parse.CommandResult.Command)).FirstOrDefault(o => parse.GetResult(o) is { Implicit: false });
}
