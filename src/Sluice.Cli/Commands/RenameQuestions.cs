using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Cli.Output;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>
/// Whether what goes is what comes under a new name: asked where there is a terminal, otherwise the run stops with the line to
/// write. `--yes` is no answer: it means that a loss is accepted, not that there is none.
/// </summary>
internal static class RenameQuestions
{
    public static readonly Option<string[]> NotRenamed = new("--not-renamed")
    {
        Description = "It goes for good; nothing new is it under another name (may be repeated)",
        HelpName = "NAME",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <param name="again">The proposal for the same schema, with more known about its renames.</param>
    /// <param name="command">The command line to repeat, for whoever cannot be asked.</param>
    /// <returns>The proposal once nothing is open any more, or the answer to end with.</returns>
    public static async Task<(SchemaProposal Proposal, Answer? Stop)> SettleAsync(
        Session session,
        Database wanted,
        SchemaProposal proposal,
        Func<Database, Task<SchemaProposal>> again,
        Func<RenameQuestion, bool> matters,
        string command)
    {
        var gone = (session.Get(NotRenamed) ?? []).ToHashSet(StringComparer.Ordinal);
        Require(gone, proposal);
        var denied = new HashSet<Rename>();
        while (true)
        {
            ImmutableArray<RenameQuestion> open = [.. proposal.Questions.Where(q => !gone.Contains(q.Candidate.OldPath) && !denied.Contains(q.Candidate.Rename) && matters(q))];
            if (open is not [var first, ..])
            {
                Say(session.Terminal, proposal);
                return (proposal, null);
            }

            switch (await AskAsync(session, first))
            {
                case true:
                    wanted = wanted with { Renames = [.. wanted.Renames, first.Candidate.Rename] };
                    proposal = await again(wanted);
                    break;
                case false:
                    denied.Add(first.Candidate.Rename);
                    break;
                default:
                    return (proposal, RenameStop.Print(session, open, wanted.DefaultSchema, command));
            }
        }
    }

    /// <summary>What people see of a thing that goes: "column `name` of `User` (12,345 values)".</summary>
    public static string Describe(RenameQuestion question)
    {
        var candidate = question.Candidate;
        var unit = candidate.Rename is Rename.Table ? "row" : "value";
        var count = question.Values switch
        {
            null => $"{unit}s not counted",
            1 => $"1 {unit}",
            { } many => string.Create(CultureInfo.InvariantCulture, $"{many:N0} {unit}s"),
        };
        return candidate.Rename switch
        {
            Rename.Table => $"table `{candidate.Old}` ({count})",
            Rename.Enum => $"enum `{candidate.Old}` ({count} of that type)",
            Rename.Column => $"column `{candidate.Old}` of `{candidate.Holder.Name}` ({count})",
            _ => $"value `{candidate.Old}` of the enum `{candidate.Holder.Name}` ({count} of that type)",
        };
    }

    private static async Task<bool?> AskAsync(Session session, RenameQuestion question)
    {
        if (session.Terminal.CanAsk)
        {
            session.Terminal.Say();
            session.Terminal.Say($"The {Describe(question)} goes, and `{question.Candidate.New}` comes: {string.Join(", ", question.Candidate.Reasons)}.");
        }

        return await session.Terminal.ConfirmAsync($"Is `{question.Candidate.New}` the new name of `{question.Candidate.Old}`?", session.Stop, inPerson: true);
    }

    // A misspelt name must not look like an answer.
    private static void Require(HashSet<string> names, SchemaProposal proposal)
    {
        if (names.FirstOrDefault(n => proposal.Questions.All(q => q.Candidate.OldPath != n)) is { } unknown)
        {
            var known = proposal.Questions.Select(q => $"`{q.Candidate.OldPath}`").Distinct().ToArray();
            throw new StopException(
                $"`--not-renamed {unknown}` answers no question; nothing was changed.",
                null,
                known.Length == 0 ? "Nothing that goes looks like anything that comes: leave the option out." : $"In question: {string.Join(", ", known)}");
        }
    }

    private static void Say(Terminal terminal, SchemaProposal proposal)
    {
        foreach (var rename in proposal.Renames)
        {
            switch (rename)
            {
                case Rename.Table r:
                    terminal.Say($"Renames the table `{r.From.Name}` to `{r.To.Name}`, with its rows.");
                    break;
                case Rename.Column r:
                    terminal.Say($"Renames the column `{r.From}` of `{r.Of.Name}` to `{r.To}`, with its values.");
                    break;
                case Rename.Enum r:
                    terminal.Say($"Renames the enum `{r.From.Name}` to `{r.To.Name}`.");
                    break;
                case Rename.EnumValue r:
                    terminal.Say($"Renames the value `{r.From}` of the enum `{r.Of.Name}` to `{r.To}`.");
                    break;
                default:
                    break;
            }
        }
    }
}
