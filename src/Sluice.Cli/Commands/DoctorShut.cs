using Sluice.Postgres.Backup;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>`doctor --fix` of what a killed restore left: shown, asked for, undone.</summary>
internal static class DoctorShut
{
    public static async Task UndoAsync(Session session, RunSettings settings, HalfSwapped left)
    {
        var terminal = session.Terminal;
        terminal.Say($"A restore was killed while it put {left.Database} aside. This opens it as it was, and removes what was to take its place:");
        foreach (var statement in left.Statements)
        {
            terminal.Say($"  {statement};");
        }

        await Consent.AskAsync(
            session,
            "Undo it?",
            "There is no terminal to ask on; nothing was changed.",
            $"To undo it: `sluice doctor --fix --yes{CommandLine.Shared(session)}`");
        if (!await HalfSwap.UndoAsync(settings, session.Stop))
        {
            throw new StopException("A restore is putting the database aside at this moment; nothing was changed.", null, "Let it end: `sluice doctor`");
        }

        terminal.Say(terminal.ErrorInk.Green($"{left.Database} is as it was before."));
    }
}
