using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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
    /// <param name="matters">Whether anything is lost by a wrong answer; where consent covers it, it is only said.</param>
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
            var unanswered = proposal.Questions.Where(q => !gone.Contains(q.Candidate.OldPath) && !denied.Contains(q.Candidate.Rename)).ToLookup(matters);
            ImmutableArray<RenameQuestion> open = [.. unanswered[true]];
            if (open is not [var first, ..])
            {
                Say(session.Terminal, proposal, unanswered[false]);
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
                    return (proposal, RenameStop.Print(session, open, wanted.DefaultSchema, command + Given(session)));
            }
        }
    }

    /// <summary>The answers on the command line, to be repeated with it.</summary>
    public static string Given(Session session) => string.Concat((session.Get(NotRenamed) ?? []).Select(n => $" --not-renamed {CommandLine.Quote(n)}"));

    /// <summary>The renames of a proposal for machines.</summary>
    public static void WriteJson(Utf8JsonWriter json, SchemaProposal proposal)
    {
        json.WriteStartArray("renamed");
        foreach (var rename in proposal.Renames)
        {
            if (Names(rename) is var (kind, of, from, to))
            {
                json.WriteStartObject();
                json.WriteString("kind", kind);
                json.WriteString("of", of);
                json.WriteString("from", from);
                json.WriteString("to", to);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
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

    private static void Say(Terminal terminal, SchemaProposal proposal, IEnumerable<RenameQuestion> unasked)
    {
        foreach (var (kind, of, from, to) in proposal.Renames.Select(Names).OfType<(string, string?, string, string)>())
        {
            terminal.Say($"Renames the {kind} `{from}`{(of is null ? "" : $" of `{of}`")} to `{to}`; the data stays.");
        }

        foreach (var question in unasked.Where(q => q.Values != 0).DistinctBy(q => q.Candidate.OldPath))
        {
            terminal.Warn($"The {Describe(question)} goes. If it is `{question.Candidate.New}` now, its data is lost for want of the line `{RenameStop.Line(question.Candidate)}`.");
        }
    }

    /// <summary>Null for what only follows.</summary>
    private static (string Kind, string? Of, string From, string To)? Names(Rename rename) => rename switch
    {
        Rename.Table r => ("table", null, r.From.Name, r.To.Name),
        Rename.Enum r => ("enum", null, r.From.Name, r.To.Name),
        Rename.Column r => ("column", r.Of.Name, r.From, r.To),
        Rename.EnumValue r => ("enum value", r.Of.Name, r.From, r.To),
        _ => null,
    };
}
