using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Sql.Lexing;

namespace Sluice.Lint.Statements;

/// <summary>
/// One statement's tokens, read from left to right. What does not fit is remembered (<see cref="Failed"/>) and not thrown:
/// the reader goes on, takes nothing, and the statement is one that cannot be analysed.
/// </summary>
internal sealed partial class SqlCursor
{
    private const string OperatorCharacters = "+-*/<>=~!@#%^&|`?";

    // A token and the blank behind it are five characters at least, most of them.
    private const int UsualToken = 5;
    private const int MostAtOnce = 4096;

    private static readonly SearchValues<char> KeepsItsSign = SearchValues.Create("~!@#%^&|`?");

    private readonly string text;
    private readonly Func<string, bool> isTemporary;
    private readonly List<SqlToken> tokens;
    private int at;

    /// <param name="isTemporary">Whether a name without a schema is one of the session's own.</param>
    public SqlCursor(string text, Func<string, bool>? isTemporary = null)
    {
        this.text = text;
        this.isTemporary = isTemporary ?? (_ => false);
        tokens = new List<SqlToken>(Math.Min(text.Length / UsualToken, MostAtOnce) + 1);
        var lexer = new SqlLexer(text);
        for (var token = lexer.Next(); token.Kind is not SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Kind is not SqlTokenKind.Comment)
            {
                tokens.Add(token);
            }
        }
    }

    /// <summary>The schema of the session's own tables, which are found before all others.</summary>
    public const string Temporary = "pg_temp";

    public bool Failed { get; private set; }

    /// <summary>The text at which it failed.</summary>
    public string FailedAt { get; private set; } = "";

    public bool Ended => at >= tokens.Count;

    public bool Is(params ReadOnlySpan<string> words) => IsAt(at, words);

    public bool Take(params ReadOnlySpan<string> words)
    {
        if (!IsAt(at, words))
        {
            return false;
        }

        at += words.Length;
        return true;
    }

    public void Require(params ReadOnlySpan<string> words)
    {
        if (!Take(words))
        {
            Fail();
        }
    }

    public bool IsSymbol(char symbol) => IsSymbolAt(at, symbol);

    public bool TakeSymbol(char symbol)
    {
        if (!IsSymbol(symbol))
        {
            return false;
        }

        at++;
        return true;
    }

    public bool IsName => Kind(at) is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    public bool IsOpen => Kind(at) is SqlTokenKind.OpenParenthesis;

    /// <summary>The next token in upper case, whatever it is; empty at the end.</summary>
    public string Peek => at < tokens.Count ? Spelled(at).ToUpperInvariant() : "";

    /// <summary>Whether words stand one after the other anywhere in the statement.</summary>
    public bool Contains(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (IsAt(i, words))
            {
                return true;
            }
        }

        return false;
    }

    public string Identifier()
    {
        if (!IsName)
        {
            Fail();
            return "";
        }

        return Folded(at++);
    }

    /// <summary>A name with its schema, which is empty where none is written.</summary>
    public ObjectName Name()
    {
        var (schema, name) = ("", Identifier());
        while (TakeSymbol('.'))
        {
            (schema, name) = (name, Identifier());
        }

        return new ObjectName(schema.Length == 0 && isTemporary(name) ? Temporary : schema, name);
    }

    /// <summary>A statement inside of this one.</summary>
    public SqlCursor Inside(string body) => new(body, isTemporary);

    public ImmutableArray<ObjectName> Names()
    {
        var names = ImmutableArray.CreateBuilder<ObjectName>();
        do
        {
            Take("ONLY");
            names.Add(Name());
            TakeSymbol('*');
        }
        while (TakeSymbol(',') && !Failed);
        return names.ToImmutable();
    }

    /// <summary>`(a, b)`; empty where no parenthesis comes.</summary>
    public ImmutableArray<string> Columns()
    {
        var columns = ImmutableArray.CreateBuilder<string>();
        if (!TakeOpen())
        {
            return [];
        }

        do
        {
            Take("PERIOD");
            columns.Add(Identifier());
            Take("WITHOUT", "OVERLAPS");
        }
        while (TakeSymbol(',') && !Failed);
        Close();
        return columns.ToImmutable();
    }

    public bool TakeOpen()
    {
        var open = IsOpen;
        at += open ? 1 : 0;
        return open;
    }

    public void Close()
    {
        if (Kind(at) is SqlTokenKind.CloseParenthesis)
        {
            at++;
        }
        else
        {
            Fail();
        }
    }

    public bool IsClose => Kind(at) is SqlTokenKind.CloseParenthesis;

    /// <summary>The inside of `(…)`, which must come next.</summary>
    public Expression Parenthesized()
    {
        if (!IsOpen)
        {
            Fail();
            return Expression.Nothing;
        }

        var start = ++at;
        Skip(_ => false);
        var inside = Between(start, at);
        Close();
        return inside;
    }

    /// <summary>Up to one of the words, a comma or a closing parenthesis, outside of parentheses.</summary>
    public Expression Until(params string[] words)
    {
        var start = at;
        SkipUntil(words);
        return Between(start, at);
    }

    /// <summary>The same for what nobody asks of.</summary>
    public void SkipUntil(params string[] words)
    {
        var start = at;
        Skip(i => IsSymbolAt(i, ',') || (i > start && IsAnyAt(i, words)));
    }

    /// <summary>Everything that is left, commas included.</summary>
    public Expression Rest()
    {
        var start = at;
        SkipRest();
        return Between(start, at);
    }

    /// <summary>The same for what nobody asks of.</summary>
    public void SkipRest() => at = tokens.Count;

    /// <summary>Up to a comma of the list that it stands in, or to the end.</summary>
    public void SkipItem() => Skip(i => IsSymbolAt(i, ','));

    public void SkipParentheses()
    {
        if (TakeOpen())
        {
            Skip(_ => false);
            Close();
        }
    }

    /// <summary>The content of a string that must come next.</summary>
    public string String()
    {
        if (Kind(at) is not SqlTokenKind.String)
        {
            Fail();
            return "";
        }

        return Content(at++);
    }

    public bool IsString => Kind(at) is SqlTokenKind.String;

    /// <summary>Goes on over one token, whatever it is.</summary>
    public void Advance() => at = Math.Min(at + 1, tokens.Count);

    public int? Number() => Kind(at) is SqlTokenKind.Number && int.TryParse(Spelled(at), System.Globalization.CultureInfo.InvariantCulture, out var number) && at++ >= 0 ? number : null;

    public IEnumerable<string> Strings() => Enumerable.Range(0, tokens.Count).Where(i => Kind(i) is SqlTokenKind.String).Select(Content);

    public void Fail()
    {
        if (!Failed)
        {
            Failed = true;
            FailedAt = at < tokens.Count ? Spelled(at) : "the end";
        }

        at = tokens.Count;
    }

    private void Skip(Func<int, bool> stop)
    {
        var depth = 0;
        for (; at < tokens.Count; at++)
        {
            switch (Kind(at))
            {
                case SqlTokenKind.OpenParenthesis:
                    depth++;
                    break;
                case SqlTokenKind.CloseParenthesis when depth == 0:
                    return;
                case SqlTokenKind.CloseParenthesis:
                    depth--;
                    break;
                case SqlTokenKind.Symbol when text[tokens[at].Start] == '[':
                    depth++;
                    break;
                case SqlTokenKind.Symbol when text[tokens[at].Start] == ']':
                    depth--;
                    break;
                default:
                    if (depth == 0 && stop(at))
                    {
                        return;
                    }

                    break;
            }
        }
    }

    private Expression Between(int start, int end)
    {
        if (start >= end)
        {
            return Expression.Nothing;
        }

        var hasUpperEnd = false;
        var (canonical, calls, words) = (new StringBuilder(), ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        for (var i = start; i < end; i++)
        {
            var token = Kind(i) is SqlTokenKind.Word or SqlTokenKind.QuotedName ? Folded(i) : Spelled(i);
            canonical.Append(canonical.Length > 0 ? " " : "").Append(token);
            hasUpperEnd |= IsSymbolAt(i, '<') && !(i > start && Continues(i)) && Operator(i) is "<" or "<=";
            if (Kind(i) is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            {
                words.Add(token);

                // A type with a length looks like a call; a cast stands before it.
                if (Kind(i + 1) is SqlTokenKind.OpenParenthesis && i + 1 < end && !(i > start && IsSymbolAt(i - 1, ':')))
                {
                    calls.Add(token);
                }
            }
        }

        return new Expression(canonical.ToString(), text[tokens[start].Start..tokens[end - 1].End]) { Calls = calls.ToImmutable(), Words = words.ToImmutable(), HasUpperEnd = hasUpperEnd };
    }

    // The operator that begins here. As the server cuts it: one that ends in a sign has the sign only beside one of ~!@#%^&|`?
    private string Operator(int i)
    {
        var end = i + 1;
        while (Continues(end))
        {
            end++;
        }

        var spelled = text[tokens[i].Start..tokens[end - 1].End];
        return spelled.AsSpan().ContainsAny(KeepsItsSign) ? spelled : spelled.TrimEnd('+', '-');
    }

    // Goes on with the operator that the symbol before belongs to.
    private bool Continues(int i) =>
        i > 0 && Kind(i) is SqlTokenKind.Symbol && Kind(i - 1) is SqlTokenKind.Symbol && tokens[i].Start == tokens[i - 1].End
        && OperatorCharacters.Contains(text[tokens[i].Start]) && OperatorCharacters.Contains(text[tokens[i - 1].Start]);

    private SqlTokenKind Kind(int i) => i >= 0 && i < tokens.Count ? tokens[i].Kind : SqlTokenKind.End;

    private string Spelled(int i) => text[tokens[i].Start..tokens[i].End];

    private string Folded(int i) => Kind(i) is SqlTokenKind.Word ? Spelled(i).ToLowerInvariant() : SqlLiterals.Name(Spelled(i));

    private string Content(int i) => SqlLiterals.Content(Spelled(i));

    private bool IsSymbolAt(int i, char symbol) => Kind(i) is SqlTokenKind.Symbol && text[tokens[i].Start] == symbol;

    private bool IsAnyAt(int i, string[] words)
    {
        foreach (var word in words)
        {
            if (IsAt(i, word))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsAt(int i, params ReadOnlySpan<string> words)
    {
        for (var w = 0; w < words.Length; w++)
        {
            if (Kind(i + w) is not SqlTokenKind.Word
                || !text.AsSpan(tokens[i + w].Start, tokens[i + w].End - tokens[i + w].Start).Equals(words[w], StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
