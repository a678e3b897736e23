using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>What `up` and `migrate deploy` do.</summary>
internal static class Apply
{
    /// <param name="to">The last migration to apply, null for all.</param>
    public static async Task<Answer> RunAsync(Session session, string? to, string command)
    {
        var settings = RunOptions.Apply(session, LiveRun.HistorySettings(session));
        if (session.Get(OperatingOptions.DryRun))
        {
            var rehearsal = await Rehearsal.RunAsync(settings, to, session.Stop);
            var input = LintSources.Ahead(session, rehearsal.Pending, await LiveSchema.ReadAsync(settings, session.Stop));
            return DryRunText.Up(session, settings, rehearsal, input, await new RunGuard(session, settings).ScopeAsync(rehearsal.Pending));
        }

        var guard = new RunGuard(session, LoggedRun.Begin(session, settings)) { Lints = true };
        var result = await Deploy.RunAsync(guard.Settings, to, session.Stop);
        var terminal = session.Terminal;
        terminal.Result(LiveRun.Found(session, result.Found));
        terminal.Result();
        HistoryWarnings.Say(terminal, result);
        if (result.Applied.IsEmpty)
        {
            terminal.Result(to is null ? "No pending migrations to apply." : $"No pending migrations to apply up to {to}.");
        }
        else
        {
            MigrateDeployCommand.Report(session, result);
            terminal.Result(guard.NeedsAttention
                ? terminal.Ink.BoldYellow("All migrations have been applied; a check after them is critical.")
                : terminal.Ink.Green("All migrations have been successfully applied."));
            if (!result.Kept.IsEmpty)
            {
                terminal.Say($"Rows that an earlier `down` kept are still in {string.Join(", ", result.Kept)}: copy back what is wanted, then drop {(result.Kept.Length == 1 ? "it" : "them")}.");
            }
        }

        return Answer.With(guard.NeedsAttention ? Outcome.Attention : Outcome.Ok, json =>
        {
            MigrateDeployCommand.WriteJson(json, result);
            guard.WriteJson(json);
        });
    }
}
