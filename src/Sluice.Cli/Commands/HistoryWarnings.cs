using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>What does not stop a deploy and should be known all the same.</summary>
internal static class HistoryWarnings
{
    public static void Say(Terminal terminal, DeployResult result)
    {
        foreach (var name in result.Edited)
        {
            terminal.Warn($"The migration `{name}` was modified after it was applied.");
        }

        foreach (var name in result.Missing)
        {
            terminal.Warn($"The migration `{name}` was applied and is missing from the local migrations directory.");
        }

        foreach (var (from, to) in result.Renamed)
        {
            terminal.Warn($"The migration `{from}` was applied under that name; on disk it is `{to}`.");
        }

        Squashed(terminal, result);
        foreach (var name in result.OutOfOrder)
        {
            terminal.Warn($"The migration `{name}` was applied after a later one.");
        }
    }

    public static void Squashed(Terminal terminal, DeployResult result)
    {
        foreach (var name in result.Squashed)
        {
            terminal.Say($"The migration `{name}` stands for migrations that are applied here; it was marked as applied, and nothing of it was run.");
        }
    }
}
