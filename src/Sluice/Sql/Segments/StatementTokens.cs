using Sluice.Sql.Lexing;

namespace Sluice.Sql.Segments;

/// <summary>The tokens of one statement, read from left to right; comments are left out.</summary>
internal sealed class StatementTokens
{
    private readonly string text;
    private readonly List<SqlToken> tokens = [];
    private int position;

    public StatementTokens(string text)
    {
        this.text = text;
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is not SqlTokenKind.Comment)
            {
                tokens.Add(token);
            }
        }
    }

    /// <summary>Goes past the words when all of them come next.</summary>
    public bool Take(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!IsWord(position + i, words[i]))
            {
                return false;
            }
        }

        position += words.Length;
        return true;
    }

    public bool Ended => position >= tokens.Count;

    /// <summary>Goes past `(…)` when it comes next.</summary>
    public void SkipParentheses()
    {
        if (Kind(position) is not SqlTokenKind.OpenParenthesis)
        {
            return;
        }

        var depth = 0;
        do
        {
            depth += Kind(position) switch
            {
                SqlTokenKind.OpenParenthesis => 1,
                SqlTokenKind.CloseParenthesis => -1,
                _ => 0,
            };
            position++;
        }
        while (depth > 0 && !Ended);
    }

    /// <summary>A name with its schema, as it is spelled; empty when none comes next.</summary>
    public string TakeName()
    {
        var start = position;
        while (Kind(position) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
        {
            position++;
            if (!IsSymbol(position, '.'))
            {
                break;
            }

            position++;
        }

        return string.Concat(tokens[start..Math.Min(position, tokens.Count)].Select(Text));
    }

    public bool TakeComma()
    {
        var comma = IsSymbol(position, ',');
        position += comma ? 1 : 0;
        return comma;
    }

    /// <summary>The content of a string that comes next; null when none does.</summary>
    public string? TakeString() => Kind(position) is SqlTokenKind.String ? Content(tokens[position++]) : null;

    /// <summary>Whether the words stand one after the other anywhere from here on.</summary>
    public bool Contains(params ReadOnlySpan<string> words)
    {
        for (var at = position; at < tokens.Count; at++)
        {
            var i = 0;
            while (i < words.Length && IsWord(at + i, words[i]))
            {
                i++;
            }

            if (i == words.Length)
            {
                return true;
            }
        }

        return false;
    }

    public IEnumerable<string> Strings() => tokens.Where(t => t.Kind is SqlTokenKind.String).Select(Content);

    /// <summary>A name as the catalog has it: without quotes, or in lower case.</summary>
    public static string Folded(string name) => name.StartsWith('"') && name.EndsWith('"') && name.Length > 1
        ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal)
        : name.ToLowerInvariant();

    private string Text(SqlToken token) => text[token.Start..token.End];

    private string Content(SqlToken token)
    {
        var spelled = Text(token);
        var quote = spelled.IndexOf('\'', StringComparison.Ordinal);
        if (spelled.StartsWith('$'))
        {
            var tag = spelled.IndexOf('$', 1) + 1;
            return spelled.Length >= 2 * tag ? spelled[tag..^tag] : spelled;
        }

        return spelled.EndsWith('\'') && spelled.Length > quote + 1
            ? spelled[(quote + 1)..^1].Replace("''", "'", StringComparison.Ordinal)
            : spelled;
    }

    private SqlTokenKind Kind(int at) => at < tokens.Count ? tokens[at].Kind : SqlTokenKind.End;

    private bool IsWord(int at, string word) =>
        Kind(at) is SqlTokenKind.Word && text.AsSpan(tokens[at].Start, tokens[at].End - tokens[at].Start).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool IsSymbol(int at, char symbol) => Kind(at) is SqlTokenKind.Symbol && text[tokens[at].Start] == symbol;
}
