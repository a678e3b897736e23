using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>What nobody but a person knows of a drift: whether what is gone is what has come, under another name.</summary>
internal static class DriftQuestions
{
    public static readonly Option<string[]> Renamed = new("--renamed")
    {
        Description = "It was renamed in the database: `--renamed User.name=nick` for a column, `--renamed User=Account` for a table (may be repeated)",
        HelpName = "OLD=NEW",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <param name="again">The remedy with these renames known.</param>
    /// <param name="command">The command line to repeat, for whoever cannot be asked.</param>
    public static async Task<DriftRemedy> SettleAsync(Session session, DriftRemedy remedy, Func<ImmutableArray<Rename>, Task<DriftRemedy>> again, string command)
    {
        var gone = (session.Get(RenameQuestions.NotRenamed) ?? []).ToHashSet(StringComparer.Ordinal);
        var known = ImmutableArray<Rename>.Empty;
        foreach (var given in session.Get(Renamed) ?? [])
        {
            var told = remedy.Questions.FirstOrDefault(q => Path(q) == given) ?? throw new StopException(
                $"`--renamed {given}` answers no question; nothing was changed.",
                null,
                remedy.Questions.IsEmpty ? "Nothing that is gone looks like anything that came." : $"In question: {string.Join(", ", remedy.Questions.Select(q => $"`{Path(q)}`"))}");
            known = known.Add(told.Rename);
            remedy = await again(known);
        }

        var denied = new HashSet<Rename>();
        while (remedy.Questions.FirstOrDefault(q => !gone.Contains(q.OldPath) && !denied.Contains(q.Rename)) is { } open)
        {
            session.Terminal.Say($"In the database `{open.OldPath}` is gone, and `{open.New}` has come: {string.Join(", ", open.Reasons)}.");
            switch (await session.Terminal.ConfirmAsync($"Was `{open.Old}` renamed to `{open.New}`?", session.Stop, inPerson: true))
            {
                case true:
                    known = known.Add(open.Rename);
                    remedy = await again(known);
                    break;
                case false:
                    denied.Add(open.Rename);
                    break;
                default:
                    throw new StopException(
                        "Whether it was renamed, or dropped and another one made, decides what becomes of its rows, and there is no terminal to ask on; nothing was changed.",
                        "SL5063",
                        $"Renamed: `{command}{Given(session)} --renamed {CommandLine.Quote(Path(open))}`",
                        $"Dropped, and another one made: `{command}{Given(session)} --not-renamed {CommandLine.Quote(open.OldPath)}`")
                    {
                        Outcome = Outcome.Attention,
                    };
            }
        }

        return remedy;
    }

    /// <summary>The answers on the command line, to be repeated with it.</summary>
    public static string Given(Session session) =>
        string.Concat((session.Get(Renamed) ?? []).Select(r => $" --renamed {CommandLine.Quote(r)}")) + RenameQuestions.Given(session);

    private static string Path(RenameCandidate candidate) => $"{candidate.OldPath}={candidate.New}";
}
