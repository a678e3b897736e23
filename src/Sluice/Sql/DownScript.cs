using System.Collections.Immutable;
using System.Text;
using Sluice.Plan;
using Sluice.Sql.Lexing;

namespace Sluice.Sql;

/// <summary>The text of a down.sql, and what it says to whoever is about to run it.</summary>
public static class DownScript
{
    private const string Mark = "irreversible:";

    /// <summary>Empty when there is nothing to take back.</summary>
    /// <param name="archives">Where rows are kept; null where none are.</param>
    public static string Write(ReversePlan reverse, Archives? archives) => Write(reverse, archives, () => archives is null
        ? SqlWriter.Write(reverse.Plan)
        : new ArchiveScript(archives.Migration, isUp: false, reverse.Plan.Naming).Write(reverse.Plan, reverse.LostOnTheWay, archives.Above ? reverse.Lost : []));

    /// <param name="steps">The text of its steps.</param>
    internal static string Write(ReversePlan reverse, Archives? archives, Func<string> steps)
    {
        if (reverse.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var reason in reverse.Irreversible(archives is { Above: true }, archives is not null))
        {
            text.Append("-- ").Append(Mark).Append(' ').Append(OneLine(reason)).Append('\n');
        }

        text.Append(DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(reverse.Plan), DataCounts.Unknown)));
        text.Append(steps());
        Drop(text, "EXTENSION", reverse.Extensions);
        Drop(text, "SCHEMA", reverse.Schemas);
        return text.ToString();
    }

    /// <summary>
    /// Why a down script does not bring everything back: its lines `-- irreversible: reason` before the first statement.
    /// Empty for one that does.
    /// </summary>
    public static ImmutableArray<string> Irreversible(string script)
    {
        var head = StatementSplitter.Split(script) is [var first, ..] ? script[..first.Span.Start] : script;
        return [.. head.Split('\n').Select(Reason).OfType<string>()];
    }

    /// <summary>The archive tables in which a script keeps rows, quoted with their schema.</summary>
    public static ImmutableArray<string> Kept(string script)
    {
        const string Begin = $"CREATE TABLE IF NOT EXISTS \"{ArchiveName.Schema}\".";
        return
        [
            .. StatementSplitter.Split(script)
                .Select(s => s.Text(script))
                .Where(s => s.StartsWith(Begin, StringComparison.Ordinal))
                .Select(s => s["CREATE TABLE IF NOT EXISTS ".Length..s.IndexOf(" AS SELECT", StringComparison.Ordinal)]),
        ];
    }

    private static string? Reason(string line)
    {
        var text = line.Trim();
        if (!text.StartsWith("--", StringComparison.Ordinal))
        {
            return null;
        }

        text = text.TrimStart('-', ' ');
        return text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) ? text[Mark.Length..].Trim() : null;
    }

    // Without CASCADE: where something else has moved in meanwhile, the server refuses, and nothing is lost.
    private static void Drop(StringBuilder text, string kind, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append("-- Drop").Append(kind[0]).Append(kind[1..].ToLowerInvariant()).Append('\n');
            text.Append("DROP ").Append(kind).Append(' ').Append(SqlNames.Quote(name)).Append(";\n");
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}

/// <summary>The archive tables of a migration.</summary>
/// <param name="Migration">Its name: theirs begin with its version.</param>
/// <param name="Above">The migration keeps what it destroys, too; otherwise only the way back does.</param>
public sealed record Archives(string Migration, bool Above);
