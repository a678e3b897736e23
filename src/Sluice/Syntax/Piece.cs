using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>One part of a file as it is laid out, comments, empty lines and unreadable lines included: what the formatter prints.</summary>
internal abstract record Piece(TextSpan Span)
{
    /// <param name="AfterBrace">What follows the opening brace on its line; the language skips it.</param>
    public sealed record Block(
        TextSpan Span,
        BlockKeyword Keyword,
        Identifier Name,
        TextSpan AfterBrace,
        ImmutableArray<Piece> Contents) : Piece(Span);

    /// <summary>A field, an enum's value (then without type), up to its line break.</summary>
    public sealed record Field(
        TextSpan Span,
        Identifier Name,
        TextSpan? Colon,
        TypePiece? Type,
        ImmutableArray<AttributeSyntax> Attributes,
        Comment? Trailing) : Piece(Span);

    public sealed record Property(TextSpan Span, Identifier Name, ExpressionSyntax? Value, Comment? Trailing) : Piece(Span);

    public sealed record BlockAttribute(TextSpan Span, AttributeSyntax Attribute, Comment? Trailing) : Piece(Span);

    /// <summary>Comments on lines of their own, with no empty line between them.</summary>
    public sealed record Comments(TextSpan Span, ImmutableArray<Comment> Items) : Piece(Span);

    public sealed record EmptyLines(TextSpan Span) : Piece(Span);

    /// <summary>A line that is nothing the language knows, with its line break.</summary>
    public sealed record Unreadable(TextSpan Span, bool TooDeep) : Piece(Span);

    /// <summary>`word { … }` where the word is no keyword.</summary>
    public sealed record UnknownBlock(TextSpan Span) : Piece(Span);

    /// <summary>`type X = Y`, removed from the language.</summary>
    public sealed record TypeAlias(TextSpan Span) : Piece(Span);
}

internal enum BlockKeyword
{
    Model,
    Type,
    View,
    Enum,
    Datasource,
    Generator,
}

internal readonly record struct Comment(CommentKind Kind, TextSpan Span);

internal enum CommentKind
{
    Line,
    Documentation,
    Block,
}

/// <param name="Span">With its marks.</param>
/// <param name="Base">The name, or the whole `Unsupported("…")`.</param>
internal sealed record TypePiece(TextSpan Span, TextSpan Base, TextSpan? UnsupportedText, TypeForm Form);

internal enum TypeForm
{
    Required,
    Optional,
    List,
    OptionalList,
    LegacyRequired,
    LegacyList,
}
