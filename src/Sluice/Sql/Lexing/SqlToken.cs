namespace Sluice.Sql.Lexing;

public enum SqlTokenKind
{
    /// <summary>An unquoted name or keyword.</summary>
    Word,
    QuotedName,

    /// <summary>Every form of string: plain, E, U&amp;, B, X, N, dollar-quoted.</summary>
    String,
    Number,
    Semicolon,
    OpenParenthesis,
    CloseParenthesis,

    /// <summary>Any other single character, or a comment that never ends.</summary>
    Symbol,
    Comment,
    End,
}

/// <summary>One token of a script; white space lies between tokens and is not listed.</summary>
public readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End);
