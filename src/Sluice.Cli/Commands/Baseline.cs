namespace Sluice.Cli.Commands;

/// <summary>How a database that has tables and no history is taken over.</summary>
internal static class Baseline
{
    public static IEnumerable<string> Steps(Session session) =>
    [
        "To take it over as it is, its SQL as the first migration, marked as applied (baseline):",
        $"  `sluice migrate baseline{CommandLine.Shared(session)}` (with --dry-run, see it first)",
    ];
}
