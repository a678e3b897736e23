namespace Sluice.Sql.Lexing;

/// <summary>
/// PostgreSQL's lexical rules, as far as the borders of a token go (the server's scan.l is the authority): what is inside
/// a quote or a comment must not look like SQL. `standard_conforming_strings` is taken as on, its default since 9.1.
/// </summary>
public ref struct SqlLexer(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> text = text;
    private int position;

    public SqlToken Next()
    {
        while (position < text.Length && IsSpace(text[position]))
        {
            position++;
        }

        var start = position;
        if (start == text.Length)
        {
            return new SqlToken(SqlTokenKind.End, start, start);
        }

        var kind = Scan(text[start], Peek(1));
        return new SqlToken(kind, start, position);
    }

    private SqlTokenKind Scan(char first, char second)
    {
        switch (first)
        {
            case ';':
                return One(SqlTokenKind.Semicolon);
            case '(':
                return One(SqlTokenKind.OpenParenthesis);
            case ')':
                return One(SqlTokenKind.CloseParenthesis);
            case '-' when second == '-':
                SkipTo(text[position..].IndexOfAny('\n', '\r'));
                return SqlTokenKind.Comment;
            case '/' when second == '*':
                return BlockComment();
            case '\'':
                return Quoted('\'', SqlTokenKind.String, escapes: false);
            case '"':
                return Quoted('"', SqlTokenKind.QuotedName, escapes: false);
            case '$':
                return Dollar();
        }

        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(second)))
        {
            return Number();
        }

        return IsNameStart(first) ? Name(first, second) : One(SqlTokenKind.Symbol);
    }

    private SqlTokenKind Name(char first, char second)
    {
        // A prefix belongs to the string only when the quote follows at once.
        var prefix = char.ToLowerInvariant(first);
        if (second == '\'' && prefix is 'e' or 'b' or 'x' or 'n')
        {
            position++;
            return Quoted('\'', SqlTokenKind.String, escapes: prefix == 'e');
        }

        if (prefix == 'u' && second == '&' && Peek(2) is '\'' or '"')
        {
            position += 2;
            var quote = text[position];
            return Quoted(quote, quote == '"' ? SqlTokenKind.QuotedName : SqlTokenKind.String, escapes: false);
        }

        position++;
        while (position < text.Length && IsNamePart(text[position]))
        {
            position++;
        }

        return SqlTokenKind.Word;
    }

    private SqlTokenKind Quoted(char quote, SqlTokenKind kind, bool escapes)
    {
        position++;
        while (position < text.Length)
        {
            var rest = text[position..];
            var at = escapes ? rest.IndexOfAny(quote, '\\') : rest.IndexOf(quote);
            if (at < 0)
            {
                break;
            }

            position += at;
            if (text[position] == '\\')
            {
                position = Math.Min(position + 2, text.Length);
            }
            else if (Peek(1) == quote)
            {
                position += 2;
            }
            else
            {
                position++;
                if (!escapes || !ContinuesOnNextLine())
                {
                    return kind;
                }
            }
        }

        // Unterminated: the rest of the script is inside; the server will say so.
        position = text.Length;
        return kind;
    }

    // Strings on lines one below the other are one string, and an E at its head holds for all of it.
    private bool ContinuesOnNextLine()
    {
        var next = position;
        while (next < text.Length && IsSpace(text[next]))
        {
            next++;
        }

        if (next == text.Length || text[next] != '\'' || text[position..next].IndexOfAny('\n', '\r') < 0)
        {
            return false;
        }

        position = next + 1;
        return true;
    }

    private SqlTokenKind Dollar()
    {
        var end = position + 1;
        if (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            position++;
            return Number(SqlTokenKind.Symbol);
        }

        while (end < text.Length && text[end] != '$' && IsNamePart(text[end]))
        {
            end++;
        }

        if (end == text.Length || text[end] != '$')
        {
            return One(SqlTokenKind.Symbol);
        }

        var tag = text[position..(end + 1)];
        position = end + 1;
        var close = text[position..].IndexOf(tag);
        position = close < 0 ? text.Length : position + close + tag.Length;
        return SqlTokenKind.String;
    }

    private SqlTokenKind Number(SqlTokenKind kind = SqlTokenKind.Number)
    {
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '.' or '_'))
        {
            position++;
        }

        return kind;
    }

    private SqlTokenKind BlockComment()
    {
        var depth = 0;
        do
        {
            var at = text[position..].IndexOfAny('/', '*');
            if (at < 0)
            {
                // Unterminated: no comment to skip, or the rest of the script would go with it unsaid.
                position = text.Length;
                return SqlTokenKind.Symbol;
            }

            position += at;
            if (text[position] == '/' && Peek(1) == '*')
            {
                depth++;
                position += 2;
            }
            else if (text[position] == '*' && Peek(1) == '/')
            {
                depth--;
                position += 2;
            }
            else
            {
                position++;
            }
        }
        while (depth > 0);

        return SqlTokenKind.Comment;
    }

    private void SkipTo(int offset) => position = offset < 0 ? text.Length : position + offset;

    private SqlTokenKind One(SqlTokenKind kind)
    {
        position++;
        return kind;
    }

    private readonly char Peek(int ahead) => position + ahead < text.Length ? text[position + ahead] : '\0';

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    // Every character beyond ASCII is a letter to the server.
    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';
}
