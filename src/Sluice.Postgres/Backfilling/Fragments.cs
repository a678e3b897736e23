using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Sql.Lexing;

namespace Sluice.Postgres.Backfilling;

/// <summary>`column = expression`.</summary>
internal sealed record Assignment(string Column, string Expression);

/// <summary>
/// The two pieces of SQL that a person gives. They own the database and may write any expression; it has to be one: what
/// closes our parentheses, ends our statement or swallows its rest is refused.
/// </summary>
internal static class Fragments
{
    // Another value each time without any function that says so.
    private static readonly string[] Clocks =
        ["now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "current_time", "current_date", "localtime", "localtimestamp"];

    /// <exception cref="ProblemException">SL5080.</exception>
    public static ImmutableArray<Assignment> Assignments(string set)
    {
        var assignments = ImmutableArray.CreateBuilder<Assignment>();
        foreach (var part in Parts(set, Tokens(set, "--set")))
        {
            if (part is not [{ Kind: SqlTokenKind.Word or SqlTokenKind.QuotedName } name, { Kind: SqlTokenKind.Symbol } equals, _, ..] || set[equals.Start] != '=')
            {
                throw Refused("--set", set, "each part must be `column = expression`");
            }

            var column = Name(set[name.Start..name.End], name.Kind);
            if (assignments.Any(a => a.Column == column))
            {
                throw Refused("--set", set, $"`{column}` is set twice");
            }

            assignments.Add(new Assignment(column, set[equals.End..part[^1].End].Trim()));
        }

        return assignments.ToImmutable();
    }

    /// <exception cref="ProblemException">SL5080.</exception>
    public static void RequireCondition(string where) => Tokens(where, "--where");

    /// <summary>The same for what differs in white space and comments only.</summary>
    public static string Canonical(string? text) => text is null ? "" : string.Join(' ', SqlTexts(text));

    /// <summary>Names of what may be functions: words and quoted names before a parenthesis.</summary>
    public static IEnumerable<string> Calls(string text)
    {
        var tokens = Read(text);
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && tokens[i + 1].Kind is SqlTokenKind.OpenParenthesis)
            {
                yield return Name(text[tokens[i].Start..tokens[i].End], tokens[i].Kind);
            }
        }
    }

    /// <summary>Words and quoted names, as the server knows them.</summary>
    public static IEnumerable<string> Names(string text) =>
        Read(text).Where(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName).Select(t => Name(text[t.Start..t.End], t.Kind));

    public static bool AsksTheClock(string text) =>
        Read(text).Exists(t => t.Kind is SqlTokenKind.Word && Clocks.Contains(text[t.Start..t.End], StringComparer.OrdinalIgnoreCase));

    // In parentheses, as it is sent: where the last one is not the one that closes the first, it would not be one expression.
    private static List<SqlToken> Tokens(string fragment, string option)
    {
        var tokens = Read($"({fragment}\n)");
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += tokens[i].Kind switch { SqlTokenKind.OpenParenthesis => 1, SqlTokenKind.CloseParenthesis => -1, _ => 0 };
            if (depth == 0 && i < tokens.Count - 1)
            {
                throw Refused(option, fragment, "it closes a parenthesis that it did not open");
            }

            if (tokens[i].Kind is SqlTokenKind.Semicolon)
            {
                throw Refused(option, fragment, "it holds a semicolon, and must be one expression");
            }

            if (tokens[i].Kind is SqlTokenKind.Symbol && tokens[i].End - tokens[i].Start > 1 && fragment[tokens[i].Start - 1] == '$')
            {
                throw Refused(option, fragment, "it holds a parameter");
            }
        }

        return depth != 0 ? throw Refused(option, fragment, "a quote, a comment or a parenthesis in it does not end")
            : tokens.Count == 2 ? throw Refused(option, fragment, "it is empty")
            : [.. tokens[1..^1].Select(t => t with { Start = t.Start - 1, End = t.End - 1 })];
    }

    private static IEnumerable<List<SqlToken>> Parts(string text, List<SqlToken> tokens)
    {
        var (depth, part) = (0, new List<SqlToken>());
        foreach (var token in tokens)
        {
            depth += Depth(text, token);
            if (depth == 0 && token.Kind is SqlTokenKind.Symbol && text[token.Start] == ',')
            {
                yield return part;
                part = [];
            }
            else
            {
                part.Add(token);
            }
        }

        yield return part;
    }

    // `ARRAY[a, b]` holds commas too.
    private static int Depth(string text, SqlToken token) => token.Kind switch
    {
        SqlTokenKind.OpenParenthesis => 1,
        SqlTokenKind.CloseParenthesis => -1,
        SqlTokenKind.Symbol => text[token.Start] switch { '[' => 1, ']' => -1, _ => 0 },
        _ => 0,
    };

    private static List<SqlToken> Read(string text)
    {
        var tokens = new List<SqlToken>();
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is not SqlTokenKind.Comment)
            {
                tokens.Add(token);
            }
        }

        return tokens;
    }

    private static IEnumerable<string> SqlTexts(string text) => Read(text).Select(t => text[t.Start..t.End]);

    // The server folds ASCII letters of what is not quoted.
    private static string Name(string spelled, SqlTokenKind kind) =>
        kind is SqlTokenKind.Word ? string.Concat(spelled.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c))
        : spelled is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal)
        : spelled;

    private static ProblemException Refused(string option, string fragment, string why) => new(
        new Problem("SL5080", $"`{option}` cannot be used: {why}.\n  {fragment.Trim()}")
        {
            Remedies = ["Write one expression, as behind SET or WHERE of an UPDATE: `--set \"email_lower = lower(email)\" --where \"email IS NOT NULL\"`"],
        });
}
