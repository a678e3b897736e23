namespace Sluice.Cli.Commands;

/// <summary>How a database that has tables and no history is taken over.</summary>
internal static class Baseline
{
    /// <param name="migrations">Those in the folder, none of them recorded: then the tables may be theirs, and a baseline would be refused.</param>
    public static IEnumerable<string> Steps(Session session, IEnumerable<string> migrations) =>
        migrations.FirstOrDefault() is { } first
            ?
            [
                "If the tables are those that the first migrations make, mark these as applied, one after another:",
                $"  sluice migrate resolve --applied {CommandLine.Quote(first)}{CommandLine.Shared(session)}",
            ]
            :
            [
                "To take it over as it is, its SQL as the first migration, marked as applied (baseline):",
                $"  `sluice migrate baseline{CommandLine.Shared(session)}` (with --dry-run, see it first)",
            ];
}
