using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>
/// The text cut into tokens for those who colour or search it. The parser reads characters instead, because what a
/// character means depends on where it stands: a quote in an unreadable line opens nothing.
/// </summary>
internal static class Lexer
{
    public static ImmutableArray<Token> Read(string text)
    {
        var tokens = ImmutableArray.CreateBuilder<Token>();
        var scanner = new Scanner(text);
        while (!scanner.AtEnd)
        {
            var start = scanner.Position;
            var kind = Next(scanner);
            tokens.Add(new Token(kind, TextSpan.FromBounds(start, scanner.Position)));
        }

        tokens.Add(new Token(TokenKind.EndOfFile, new TextSpan(text.Length, 0)));
        return tokens.ToImmutable();
    }

    private static TokenKind Next(Scanner scanner)
    {
        var start = scanner.Position;
        if (scanner.TakeNewline())
        {
            return TokenKind.Newline;
        }

        scanner.SkipBlanks();
        if (scanner.Position > start)
        {
            return TokenKind.Whitespace;
        }

        if (scanner.TakeComment() is { } comment)
        {
            return comment.Kind switch
            {
                CommentKind.Line => TokenKind.LineComment,
                CommentKind.Documentation => TokenKind.DocComment,
                _ => TokenKind.BlockComment,
            };
        }

        if (scanner.TakeString() is not null)
        {
            return TokenKind.String;
        }

        // `1st` is a name, `1` and `-1.5` are numbers.
        var number = scanner.TakeNumber();
        var afterNumber = scanner.Position;
        scanner.Position = start;
        if (scanner.TakeIdentifier() is not null && scanner.Position > afterNumber)
        {
            return TokenKind.Identifier;
        }

        if (number is not null)
        {
            scanner.Position = afterNumber;
            return TokenKind.Number;
        }

        return Sign(scanner);
    }

    private static TokenKind Sign(Scanner scanner)
    {
        if (scanner.Take("@@"))
        {
            return TokenKind.AtAt;
        }

        var sign = scanner.Current;
        scanner.Position++;
        return sign switch
        {
            '{' => TokenKind.OpenBrace,
            '}' => TokenKind.CloseBrace,
            '(' => TokenKind.OpenParen,
            ')' => TokenKind.CloseParen,
            '[' => TokenKind.OpenBracket,
            ']' => TokenKind.CloseBracket,
            ',' => TokenKind.Comma,
            ':' => TokenKind.Colon,
            '=' => TokenKind.Equals,
            '?' => TokenKind.Question,
            '.' => TokenKind.Dot,
            '@' => TokenKind.At,
            '!' => TokenKind.Bang,
            _ => TokenKind.Unknown,
        };
    }
}
