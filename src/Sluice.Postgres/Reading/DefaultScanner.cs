using System.Text;

namespace Sluice.Postgres.Reading;

/// <summary>A cursor over the text of a default as `pg_get_expr` prints it. Each `Try…` moves on only when it succeeds.</summary>
internal sealed class DefaultScanner(string text)
{
    private int position;

    public bool AtEnd
    {
        get
        {
            SkipBlanks();
            return position >= text.Length;
        }
    }

    public char Peek
    {
        get
        {
            SkipBlanks();
            return position < text.Length ? text[position] : '\0';
        }
    }

    public bool AtString => Peek == '\'' || (Peek is 'E' or 'e' && position + 1 < text.Length && text[position + 1] == '\'');

    public bool Try(char wanted)
    {
        if (Peek != wanted)
        {
            return false;
        }

        position++;
        return true;
    }

    public string? TryDigits()
    {
        SkipBlanks();
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return position > start ? text[start..position] : null;
    }

    public string? TryWord()
    {
        SkipBlanks();
        var start = position;
        while (position < text.Length && (IsLetter(text[position]) || (position > start && char.IsAsciiDigit(text[position]))))
        {
            position++;
        }

        return position > start ? text[start..position] : null;
    }

    /// <summary>`word` or `"quoted word"`.</summary>
    public string? TryName()
    {
        if (Peek != '"')
        {
            return TryWord();
        }

        var name = new StringBuilder();
        for (var at = position + 1; at < text.Length; at++)
        {
            if (text[at] == '"' && at + 1 < text.Length && text[at + 1] == '"')
            {
                name.Append('"');
                at++;
            }
            else if (text[at] == '"')
            {
                position = at + 1;
                return name.ToString();
            }
            else
            {
                name.Append(text[at]);
            }
        }

        return null;
    }

    /// <summary>`'text'`, or `E'text'` with its backslashes resolved.</summary>
    public string? TryString()
    {
        if (!AtString)
        {
            return null;
        }

        var escaped = text[position] is 'E' or 'e';
        var value = new StringBuilder();
        for (var at = position + (escaped ? 2 : 1); at < text.Length; at++)
        {
            var c = text[at];
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (c == '\'' && next != '\'')
            {
                position = at + 1;
                return value.ToString();
            }

            if (c == '\'' || (c == '\\' && escaped))
            {
                value.Append(c == '\'' ? '\'' : Unescape(next));
                at++;
            }
            else
            {
                value.Append(c);
            }
        }

        return null;
    }

    /// <summary>Skips `::type`, as often as it comes. False when something after `::` is no type.</summary>
    public bool SkipCasts()
    {
        while (Peek == ':')
        {
            if (position + 1 >= text.Length || text[position + 1] != ':')
            {
                return false;
            }

            position += 2;
            if (!SkipType())
            {
                return false;
            }
        }

        return true;
    }

    // Words and dots, a precision, more words, brackets: `pg_catalog."char"`, `timestamp(3) without time zone[]`.
    private bool SkipType()
    {
        if (!SkipNames())
        {
            return false;
        }

        if (Try('('))
        {
            while (TryDigits() is not null || Try(',') || Try('-'))
            {
            }

            if (!Try(')'))
            {
                return false;
            }

            SkipNames();
        }

        while (Try('['))
        {
            TryDigits();
            if (!Try(']'))
            {
                return false;
            }
        }

        return true;
    }

    private bool SkipNames()
    {
        var any = false;
        while (TryName() is not null || Try('.'))
        {
            any = true;
        }

        return any;
    }

    private void SkipBlanks()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position]))
        {
            position++;
        }
    }

    private static bool IsLetter(char c) => char.IsLetter(c) || c is '_' or '$';

    private static char Unescape(char c) => c switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => c,
    };
}
