using Sluice.Cli.Output;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>Nothing that loses data runs without a yes.</summary>
internal static class Consent
{
    /// <param name="given">Consent was given on the command line.</param>
    /// <param name="commands">The command lines that get on, the most direct first.</param>
    public static async Task RequireAsync(Session session, SchemaProposal proposal, bool given, params string[] commands)
    {
        var terminal = session.Terminal;
        Show(terminal, proposal);
        if (!proposal.Unexecutable.IsEmpty)
        {
            throw new StopException(
                "The rows in the database stand in the way; nothing was changed.",
                null,
                "Give the new column a default, or make it optional.",
                "Or write the steps yourself: `sluice migrate dev --create-only`, edit the file, then `sluice migrate dev`.");
        }

        if (given || proposal.Warnings.IsEmpty)
        {
            return;
        }

        await AskAsync(
            session,
            "Are you sure you want to go on?",
            "Data may be lost, and there is no terminal to ask on; nothing was changed.",
            ["If the loss is accepted:", .. commands.Select(c => $"  `{c}`")]);
    }

    /// <summary>Returns after a yes.</summary>
    /// <param name="unasked">What to say where there is no terminal to ask on.</param>
    /// <param name="remedies">And the commands that get on there.</param>
    public static async Task AskAsync(Session session, string question, string unasked, params string[] remedies)
    {
        switch (await session.Terminal.ConfirmAsync(question, session.Stop))
        {
            case true:
                return;
            case false:
                throw new OperationDeclinedException("Nothing was changed.");
            default:
                throw new StopException(unasked, null, remedies)
                {
                    Outcome = Outcome.Attention,
                };
        }
    }

    /// <summary>Says what can be lost and what cannot run.</summary>
    public static void Show(Terminal terminal, SchemaProposal proposal)
    {
        Section(terminal, terminal.ErrorInk.BoldRed("We found changes that cannot be executed:"), proposal.Unexecutable);
        Section(terminal, terminal.ErrorInk.BoldYellow("There might be data loss when applying the changes:"), proposal.Warnings);
    }

    private static void Section(Terminal terminal, string title, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        terminal.Say();
        terminal.Say(title);
        terminal.Say();
        foreach (var line in lines)
        {
            terminal.Say($"  • {line}");
        }

        terminal.Say();
    }
}
