using Sluice.Cli.Output;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>Nothing that loses data runs without a yes.</summary>
internal static class Consent
{
    /// <param name="given">Consent was given on the command line.</param>
    /// <param name="command">The command line that gives it.</param>
    public static async Task RequireAsync(Session session, SchemaProposal proposal, bool given, string command)
    {
        var terminal = session.Terminal;
        if (!proposal.Unexecutable.IsEmpty)
        {
            terminal.Say();
            terminal.Say(terminal.ErrorInk.BoldRed("This cannot be executed on the rows that are there:"));
            foreach (var reason in proposal.Unexecutable)
            {
                terminal.Say($"  • {reason}");
            }

            throw new StopException(
                "The rows in the database stand in the way; nothing was changed.",
                null,
                "Give the new column a default or make it optional, or write the steps yourself: `sluice migrate dev --create-only`, then edit the file.");
        }

        if (proposal.Warnings.IsEmpty)
        {
            return;
        }

        terminal.Say();
        terminal.Say(terminal.ErrorInk.BoldYellow("There might be data loss when applying the changes:"));
        foreach (var warning in proposal.Warnings)
        {
            terminal.Say($"  • {warning}");
        }

        terminal.Say();
        if (given)
        {
            return;
        }

        switch (await terminal.ConfirmAsync("Are you sure you want to go on?", session.Stop))
        {
            case true:
                return;
            case false:
                throw new OperationDeclinedException("Nothing was changed.");
            default:
                throw new StopException(
                    "Data may be lost, and there is no terminal to ask on; nothing was changed.",
                    null,
                    $"If the loss is accepted: `{command}`")
                {
                    Outcome = Outcome.Attention,
                };
        }
    }
}
