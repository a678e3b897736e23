using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>One parsed file.</summary>
public sealed record SyntaxTree(SourceText Source, ImmutableArray<BlockSyntax> Blocks)
{
    /// <summary>They cover every character, so that their texts joined are the file again. Cut anew at each call.</summary>
    public ImmutableArray<Token> Tokens => Lexer.Read(Source.Text);

    /// <summary>The same file as it is laid out, for the formatter.</summary>
    internal ImmutableArray<Piece> Pieces { get; init; } = [];
}

public abstract record SyntaxNode(TextSpan Span);

/// <summary>A name as it stands in the text.</summary>
public sealed record Identifier(string Name, TextSpan Span) : SyntaxNode(Span);

/// <summary>A top-level block. <see cref="SyntaxNode.Span"/> runs from its keyword to its closing brace.</summary>
/// <param name="Documentation">The `///` lines before it, joined with line feeds, without the slashes and one leading blank.</param>
public abstract record BlockSyntax(TextSpan Span, Identifier Name, string? Documentation) : SyntaxNode(Span);

/// <summary>`model`, `view` and `type` (composite) blocks.</summary>
public sealed record ModelSyntax(
    TextSpan Span,
    ModelKeyword Keyword,
    Identifier Name,
    ImmutableArray<FieldSyntax> Fields,
    ImmutableArray<AttributeSyntax> Attributes,
    string? Documentation) : BlockSyntax(Span, Name, Documentation);

public enum ModelKeyword
{
    Model,
    View,
    Type,
}

public sealed record EnumSyntax(
    TextSpan Span,
    Identifier Name,
    ImmutableArray<EnumValueSyntax> Values,
    ImmutableArray<AttributeSyntax> Attributes,
    string? Documentation) : BlockSyntax(Span, Name, Documentation);

/// <param name="Span">Up to and with the line break, comment included.</param>
public sealed record EnumValueSyntax(
    TextSpan Span,
    Identifier Name,
    ImmutableArray<AttributeSyntax> Attributes,
    string? Documentation) : SyntaxNode(Span);

/// <summary>`datasource` and `generator` blocks.</summary>
public sealed record ConfigSyntax(
    TextSpan Span,
    ConfigKeyword Keyword,
    Identifier Name,
    ImmutableArray<PropertySyntax> Properties,
    string? Documentation) : BlockSyntax(Span, Name, Documentation);

public enum ConfigKeyword
{
    Datasource,
    Generator,
}

/// <summary>`key = value` in a configuration block; <see cref="Value"/> is null where it is missing.</summary>
public sealed record PropertySyntax(TextSpan Span, Identifier Name, ExpressionSyntax? Value) : SyntaxNode(Span);

/// <param name="Span">Up to and with the line break, comment included: where an error about the whole field points.</param>
public sealed record FieldSyntax(
    TextSpan Span,
    Identifier Name,
    TypeSyntax Type,
    ImmutableArray<AttributeSyntax> Attributes,
    string? Documentation) : SyntaxNode(Span);

/// <summary>A field's type: `Name`, or `Unsupported("text")`, with its arity mark.</summary>
/// <param name="Span">The name alone, without `?` or `[]`.</param>
/// <param name="UnsupportedText">The text inside `Unsupported("…")`, else null; then <paramref name="Name"/> is `Unsupported`.</param>
public sealed record TypeSyntax(TextSpan Span, string Name, string? UnsupportedText, FieldArity Arity) : SyntaxNode(Span);

public enum FieldArity
{
    Required,
    Optional,
    List,
}

/// <summary>`@name(args)` on a field or `@@name(args)` on a block; the name may have dots (`db.VarChar`).</summary>
/// <param name="Span">From the at sign(s) to the closing parenthesis.</param>
/// <param name="Name">Without the at signs.</param>
/// <param name="HasParentheses">False for `@id`, true for `@id()`.</param>
public sealed record AttributeSyntax(
    TextSpan Span,
    Identifier Name,
    bool HasParentheses,
    ImmutableArray<ArgumentSyntax> Arguments) : SyntaxNode(Span);

/// <summary>One argument; <see cref="Value"/> is null for `name:` without a value (already diagnosed by the parser).</summary>
public sealed record ArgumentSyntax(TextSpan Span, Identifier? Name, ExpressionSyntax? Value) : SyntaxNode(Span);

public abstract record ExpressionSyntax(TextSpan Span) : SyntaxNode(Span);

/// <summary>A quoted string; <see cref="Value"/> has its escapes resolved.</summary>
public sealed record StringSyntax(TextSpan Span, string Value) : ExpressionSyntax(Span);

/// <summary>A number as written, sign and fraction included.</summary>
public sealed record NumberSyntax(TextSpan Span, string Text) : ExpressionSyntax(Span);

/// <summary>A bare word: `true`, `Cascade`, an enum value, a field name, a path with dots.</summary>
public sealed record ConstantSyntax(TextSpan Span, string Text) : ExpressionSyntax(Span);

public sealed record FunctionSyntax(
    TextSpan Span,
    Identifier Name,
    ImmutableArray<ArgumentSyntax> Arguments) : ExpressionSyntax(Span);

public sealed record ArraySyntax(TextSpan Span, ImmutableArray<ExpressionSyntax> Items) : ExpressionSyntax(Span);

/// <summary>`{ key: value, … }`, dialect 7.x only (the `where` of partial indexes).</summary>
public sealed record ObjectSyntax(TextSpan Span, ImmutableArray<ObjectMemberSyntax> Members) : ExpressionSyntax(Span);

public sealed record ObjectMemberSyntax(TextSpan Span, Identifier Name, ExpressionSyntax Value) : SyntaxNode(Span);
