using Sluice.Cli.Projects;

namespace Sluice.Cli.Commands;

/// <summary>How a database that has tables and no history is taken over.</summary>
internal static class Baseline
{
    public static IEnumerable<string> Steps(Session session)
    {
        var schema = CommandLine.Quote(session.Project.FoundSchemaPath is { } path ? Paths.Show(path) : "schema.prisma");
        var migrations = CommandLine.Quote(Paths.Show(session.Project.MigrationsPath));
        var options = CommandLine.Shared(session);
        return
        [
            "To take it over as it is (baseline):",
            $"  1. `sluice db pull{options}`",
            $"  2. `sluice migrate diff --from-empty --to-schema {schema} --script -o {migrations}/0_init/migration.sql`",
            $"  3. `sluice migrate resolve --applied 0_init{options}`",
        ];
    }
}
