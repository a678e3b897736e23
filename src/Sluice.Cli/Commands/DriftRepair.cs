using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate resolve --repair`: shows the SQL, counts the rows, asks, backs up, runs it, and looks again.</summary>
internal static class DriftRepair
{
    public static readonly Option<bool> AcceptDataLoss = new("--accept-data-loss") { Description = "With --repair: go on although rows or values are lost" };

    public static async Task<Answer> RunAsync(Session session)
    {
        var settings = CacheOptions.Apply(session, LiveRun.HistorySettings(session), develops: false);
        var command = $"sluice migrate resolve --repair{CommandLine.Shared(session)}";
        var remedy = await DriftQuestions.SettleAsync(session, await Repair.PlanAsync(settings, [], session.Stop), known => Repair.PlanAsync(settings, known, session.Stop), command);
        command += DriftQuestions.Given(session);
        var terminal = session.Terminal;
        if (remedy.IsEmpty)
        {
            terminal.Result("No drift: the database is where its migrations lead.");
            return DriftText.Answer(Outcome.Ok, remedy, applied: false);
        }

        DriftText.Print(session, remedy, "it back to its history");
        Consent.Show(terminal, remedy.Proposal);
        if (session.Get(OperatingOptions.DryRun))
        {
            terminal.Result("Dry run: nothing was changed.");
            return DriftText.Answer(Outcome.Ok, remedy, applied: false);
        }

        await RequireConsentAsync(session, remedy, command);
        var guard = new RunGuard(session, LoggedRun.Begin(session, settings));
        var left = await Repair.ApplyAsync(guard.Settings, remedy, session.Get(AcceptDataLoss), session.Stop);
        if (left.IsEmpty)
        {
            terminal.Result(terminal.Ink.Green("The database is where its migrations lead."));
        }
        else
        {
            terminal.Warn("What was to be done is done, and this is left:");
            terminal.Result(ChangeText.Summary(left, terminal.Ink));
        }

        return DriftText.Answer(left.IsEmpty && !guard.NeedsAttention ? Outcome.Ok : Outcome.Attention, remedy, applied: true, json =>
        {
            ChangeJson.Write(json, "left", left);
            guard.WriteJson(json);
        });
    }

    // A yes to "run it?" is none to a loss: that has a word of its own.
    private static async Task RequireConsentAsync(Session session, DriftRemedy remedy, string command)
    {
        if (!remedy.Proposal.Unexecutable.IsEmpty)
        {
            throw new StopException("The rows in the database stand in the way; nothing was changed.", null, $"Change the rows, or write the steps yourself: `{command} --dry-run`, edit, then `sluice db execute --file FILE{CommandLine.Shared(session)}`");
        }

        if (remedy.Proposal.Warnings.IsEmpty || session.Get(AcceptDataLoss))
        {
            await Consent.AskAsync(
                session,
                "Run it?",
                "This changes the database, and there is no terminal to ask on; nothing was changed.",
                $"If that is what you want: `{command}{(session.Get(AcceptDataLoss) ? " --accept-data-loss" : "")} --yes`");
            return;
        }

        switch (await session.Terminal.ConfirmAsync("Run it, and lose what stands above?", session.Stop, inPerson: true))
        {
            case true:
                return;
            case false:
                throw new OperationDeclinedException("Nothing was changed.");
            default:
                throw new StopException(
                    $"Bringing it back loses data; nothing was changed.{string.Concat(remedy.Proposal.Warnings.Select(w => $"\n  • {w}"))}",
                    "SL5064",
                    $"To keep what is there instead: `sluice migrate resolve --adopt --name NAME{CommandLine.Shared(session)}`",
                    $"If the loss is accepted: `{command} --accept-data-loss --yes`")
                {
                    Outcome = Outcome.Attention,
                };
        }
    }
}
