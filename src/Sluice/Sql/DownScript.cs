using System.Collections.Immutable;
using System.Text;
using Sluice.Plan;
using Sluice.Sql.Lexing;

namespace Sluice.Sql;

/// <summary>The text of a down.sql, and what its head says to whoever is about to run it.</summary>
public static class DownScript
{
    private const string Mark = "sluice: irreversible";

    /// <summary>Empty when there is nothing to take back.</summary>
    public static string Write(ReversePlan reverse)
    {
        if (reverse.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var lost in reverse.Lost)
        {
            text.Append("-- ").Append(Mark).Append(" — ").Append(OneLine(lost)).Append('\n');
        }

        text.Append(DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(reverse.Plan), DataCounts.Unknown)));
        text.Append(SqlWriter.Write(reverse.Plan));
        Drop(text, "EXTENSION", reverse.Extensions);
        Drop(text, "SCHEMA", reverse.Schemas);
        return text.ToString();
    }

    /// <summary>
    /// Why a down script does not bring everything back: its lines `-- sluice: irreversible — reason` before the first
    /// statement. Empty for one that does.
    /// </summary>
    public static ImmutableArray<string> Irreversible(string script)
    {
        var head = StatementSplitter.Split(script) is [var first, ..] ? script[..first.Span.Start] : script;
        return [.. head.Split('\n').Select(Reason).OfType<string>()];
    }

    private static string? Reason(string line)
    {
        var text = line.Trim();
        if (!text.StartsWith("--", StringComparison.Ordinal))
        {
            return null;
        }

        text = text.TrimStart('-', '/', ' ');
        return text.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) ? text[Mark.Length..].Trim(' ', '—', '–', '-', ':') : null;
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
