using Sluice.Sql.Lexing;

namespace Sluice.Sql.Files;

/// <summary>
/// Statements that come before all others: they make types and routines, or make tables and columns anew, which takes with
/// it or is stopped by whatever stands on them already.
/// </summary>
public static class Groundwork
{
    public static bool Is(SqlStatement statement, string script) => statement.Keywords.Items switch
    {
        ["CREATE", "EXTENSION" or "SCHEMA" or "TYPE" or "DOMAIN" or "COLLATION" or "SEQUENCE" or "AGGREGATE" or "TABLE", ..] or ["ALTER", "TYPE", ..] => true,
        ["CREATE", "FUNCTION" or "PROCEDURE", ..] or ["CREATE", "OR", "REPLACE", "FUNCTION" or "PROCEDURE", ..] => HasTextBody([.. SqlTokens.Of(statement.Text(script))]),
        ["DROP", "TABLE" or "SEQUENCE", ..] => true,
        ["ALTER", "TABLE", ..] => MakesAnew([.. SqlTokens.Of(statement.Text(script))]),
        _ => false,
    };

    // A body that the server parses is tied to the columns it names.
    private static bool HasTextBody(string[] words) => words.Index().Any(w => Is(w.Item, "AS") && w.Index + 1 < words.Length && (words[w.Index + 1].Contains('\'', StringComparison.Ordinal) || words[w.Index + 1][0] is '$'));

    private static bool MakesAnew(string[] words) =>
        words.Index().Any(w => Is(w.Item, "DROP") || (Is(w.Item, "COLUMN") && Is(words[w.Index - 1], "ADD")) || Is(w.Item, "TYPE"));

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
