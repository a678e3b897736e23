using Sluice.Text;

namespace Sluice.Syntax;

public enum TokenKind
{
    EndOfFile,
    Newline,
    Whitespace,
    LineComment,
    DocComment,
    BlockComment,
    Identifier,
    Number,
    String,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    Equals,
    Question,
    Dot,
    At,
    AtAt,
    Bang,
    Unknown,
}

/// <summary>A piece of the text; trivia are tokens too.</summary>
public readonly record struct Token(TokenKind Kind, TextSpan Span);
