using System.CommandLine;
using Sluice.Cli.Fleet;
using Sluice.Cli.Options;

namespace Sluice.Cli.Commands;

/// <summary>`status`: `migrate status` under the operator's short name.</summary>
internal static class StatusCommand
{
    public static Command Create(Session session) =>
        new ToolCommand("status", "What is applied, pending, edited, renamed or missing, in either layout", session, RunAsync)
        {
            Notes = "Exit code 0 when everything is up to date, 1 when something needs attention. Changes nothing.",
            Examples =
            [
                ("status", "is the database where the migrations are?"),
                ("status --drift", "and has nobody changed it by hand?"),
                ("status --all", "where does every target of sluice.json stand?"),
                ("status --json", "for a machine"),
            ],
        }.With([MigrateStatusCommand.Drift, MigrateStatusCommand.Base, CacheOptions.NoCache, .. FleetOptions.Looking]);

    private static Task<Answer> RunAsync(Session session) => (FleetOptions.IsAsked(session), session.Has(MigrateStatusCommand.Base)) switch
    {
        (false, _) => MigrateStatusCommand.RunAsync(session),
        (true, true) => throw new StopException("--base compares branches, and no database; leave --all out."),
        (true, false) => FleetRun.RunAsync(session, FleetCommand.Status(MigrateStatusCommand.RunAsync)),
    };
}
