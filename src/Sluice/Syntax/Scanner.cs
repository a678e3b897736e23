using System.Globalization;
using System.Text;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>The characters of a schema. Every reader either moves past what it names or leaves the position alone.</summary>
internal sealed class Scanner(string text)
{
    private Sought commentEnd = new("*/");
    private Sought closingBrace = new("}");

    public string Text { get; } = text;

    public int Position { get; set; }

    public bool AtEnd => Position >= Text.Length;

    public char Current => AtEnd ? '\0' : Text[Position];

    public bool At(string expected) => Text.AsSpan(Position).StartsWith(expected, StringComparison.Ordinal);

    public bool Take(string expected)
    {
        if (!At(expected))
        {
            return false;
        }

        Position += expected.Length;
        return true;
    }

    /// <summary>Blanks and tabs, never line breaks.</summary>
    public void SkipBlanks() => Position = AfterBlanks(Position);

    public bool TakeNewline()
    {
        var length = NewlineAt(Position);
        Position += length;
        return length > 0;
    }

    /// <summary>Lines that hold nothing but blanks.</summary>
    public TextSpan? TakeEmptyLines()
    {
        var start = Position;
        while (AfterBlanks(Position) is var end && NewlineAt(end) is > 0 and var length)
        {
            Position = end + length;
        }

        return Position > start ? TextSpan.FromBounds(start, Position) : null;
    }

    public TextSpan RestOfLine()
    {
        var start = Position;
        var length = Text.AsSpan(start).IndexOfAny('\n', '\r');
        Position = length < 0 ? Text.Length : start + length;
        return TextSpan.FromBounds(start, Position);
    }

    public Identifier? TakeIdentifier()
    {
        var end = IdentifierEnd(Position);
        return end == Position ? null : TakeName(end);
    }

    /// <summary>A name with dots; the grammar lets dots stand together or last.</summary>
    public Identifier? TakePath()
    {
        var end = IdentifierEnd(Position);
        if (end == Position)
        {
            return null;
        }

        while (end < Text.Length && Text[end] == '.')
        {
            end = IdentifierEnd(end + 1);
        }

        return TakeName(end);
    }

    public TextSpan? TakeNumber()
    {
        var start = Position;
        var integer = DigitsEnd(start + (Current == '-' ? 1 : 0));
        if (integer == start || !char.IsAsciiDigit(Text[integer - 1]))
        {
            return null;
        }

        var fraction = integer < Text.Length && Text[integer] == '.' ? DigitsEnd(integer + 1) : integer;
        Position = fraction > integer + 1 ? fraction : integer;
        return TextSpan.FromBounds(start, Position);
    }

    /// <summary>A string with its quotes. A backslash takes the next character along, whatever it is.</summary>
    public TextSpan? TakeString()
    {
        if (Current != '"')
        {
            return null;
        }

        for (var i = Position + 1; i < Text.Length; i++)
        {
            switch (Text[i])
            {
                case '"':
                    var span = TextSpan.FromBounds(Position, i + 1);
                    Position = i + 1;
                    return span;
                case '\\':
                    i++;
                    break;
                case < ' ':
                    return null;
            }
        }

        return null;
    }

    /// <summary>One comment of any form, without the line break after it.</summary>
    public Comment? TakeComment()
    {
        var start = Position;
        SkipBlanks();
        var kind = At("///") ? CommentKind.Documentation : At("//") ? CommentKind.Line : CommentKind.Block;
        var span = kind is CommentKind.Block ? BlockComment() : RestOfLine();
        if (span is { } found)
        {
            return new Comment(kind, found);
        }

        Position = start;
        return null;
    }

    /// <summary>Moves behind the next closing brace, wherever it is.</summary>
    public bool TakeThroughClosingBrace()
    {
        var found = closingBrace.Next(Text, Position);
        Position = found < 0 ? Position : found + 1;
        return found >= 0;
    }

    private TextSpan? BlockComment()
    {
        var start = Position;
        if (!At("/*") || commentEnd.Next(Text, start + 2) is var end && end < 0)
        {
            return null;
        }

        Position = end + 2;
        return TextSpan.FromBounds(start, Position);
    }

    private Identifier TakeName(int end)
    {
        var span = TextSpan.FromBounds(Position, end);
        Position = end;
        return new Identifier(Text.Substring(span.Start, span.Length), span);
    }

    private int IdentifierEnd(int position)
    {
        var i = position;
        while (i < Text.Length)
        {
            var c = Text[i];
            if (char.IsAsciiLetterOrDigit(c) || (c is '_' or '-' && i > position))
            {
                i++;
            }
            else if (c >= 0x80 && Rune.TryGetRuneAt(Text, i, out var rune) && Rune.IsLetter(rune))
            {
                i += rune.Utf16SequenceLength;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    private int DigitsEnd(int position)
    {
        while (position < Text.Length && char.IsAsciiDigit(Text[position]))
        {
            position++;
        }

        return position;
    }

    private int AfterBlanks(int position)
    {
        while (position < Text.Length && (Text[position] is ' ' or '\t'
            || (Text[position] >= 0x80 && char.GetUnicodeCategory(Text[position]) is UnicodeCategory.SpaceSeparator)))
        {
            position++;
        }

        return position;
    }

    private int NewlineAt(int position) =>
        position >= Text.Length ? 0
        : Text[position] == '\n' ? 1
        : Text[position] != '\r' ? 0
        : position + 1 < Text.Length && Text[position + 1] == '\n' ? 2 : 1;

    /// <summary>Remembers where the next occurrence is, so that asking at every line stays linear over the file.</summary>
    private struct Sought(string what)
    {
        private int from = int.MaxValue;
        private int at;

        public int Next(string text, int position)
        {
            if (position < from || (at >= 0 && position > at))
            {
                at = position > text.Length ? -1 : text.IndexOf(what, position, StringComparison.Ordinal);
                from = position;
            }

            return at;
        }
    }
}
