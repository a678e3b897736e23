using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

internal sealed partial class TreeBuilder
{
    /// <summary>The field, or null with exactly one diagnostic.</summary>
    private FieldSyntax? Field(Piece.Field field, string word, string owner, Piece.Comments? before)
    {
        if (Mistake(field, word, owner) is { } mistake)
        {
            found.Add(mistake);
            return null;
        }

        var type = field.Type!;
        var arity = type.Form switch
        {
            TypeForm.Required => FieldArity.Required,
            TypeForm.Optional => FieldArity.Optional,
            TypeForm.List => FieldArity.List,
            _ => throw new UnreachableException(),
        };

        var unsupported = type.UnsupportedText is { } literal ? Unsupported(literal) : null;
        Check(field.Attributes);
        var name = unsupported is null ? source.Slice(type.Base) : "Unsupported";
        return new FieldSyntax(
            field.Span,
            field.Name,
            new TypeSyntax(type.Base, name, unsupported, arity),
            field.Attributes,
            Documentation(before, field.Trailing));
    }

    private Diagnostic? Mistake(Piece.Field field, string word, string owner)
    {
        var type = field.Type is { } piece ? source.Slice(piece.Base) : null;
        return (field.Colon, field.Type?.Form) switch
        {
            ({ } colon, _) => say.LegacyColon(colon, field.Name.Name, type),
            (_, null) => say.FieldWithoutType(field.Span, field.Name.Name, word, owner),
            (_, TypeForm.LegacyRequired) => say.LegacyRequired(field.Type!.Span, type!),
            (_, TypeForm.LegacyList) => say.LegacyList(field.Type!.Span, type!),
            (_, TypeForm.OptionalList) => say.OptionalList(field.Type!.Span, type!),
            _ => null,
        };
    }

    private string Unsupported(TextSpan literal)
    {
        CheckEscapes(literal);
        return StringLiteral.Value(source.Text, literal);
    }

    private void Check(ImmutableArray<AttributeSyntax> attributes)
    {
        foreach (var attribute in attributes)
        {
            Check("@", attribute);
        }
    }

    private void Check(string sign, AttributeSyntax attribute) =>
        Check(attribute.Arguments, attribute.Span, attribute.HasParentheses, $"{sign}{attribute.Name.Name}");

    private void Check(ImmutableArray<ArgumentSyntax> arguments, TextSpan span, bool hasParentheses, string owner)
    {
        foreach (var argument in arguments)
        {
            if (argument.Value is null)
            {
                found.Add(say.MissingValue(argument.Name!.Span, argument.Name.Name, owner));
            }

            Check(argument.Value, owner);
        }

        // Commas between arguments are followed by an argument, so one before the parenthesis is left over.
        if (hasParentheses)
        {
            var last = source.Text.AsSpan(span.Start, span.Length - 1).TrimEnd().Length - 1;
            if (source.Text[span.Start + last] == ',')
            {
                found.Add(say.TrailingComma(new TextSpan(span.Start + last, 1), owner));
            }
        }
    }

    // The grammar bounds the nesting, so recursion is safe.
    private void Check(ExpressionSyntax? expression, string owner)
    {
        switch (expression)
        {
            case StringSyntax literal:
                CheckEscapes(literal.Span);
                break;
            case FunctionSyntax function:
                Check(function.Arguments, function.Span, true, function.Name.Name);
                break;
            case ArraySyntax array:
                foreach (var item in array.Items)
                {
                    Check(item, owner);
                }

                break;
            case ObjectSyntax obj:
                foreach (var member in obj.Members)
                {
                    Check(member.Value, owner);
                }

                break;
        }
    }

    private void CheckEscapes(TextSpan literal)
    {
        foreach (var (kind, span) in StringLiteral.BadEscapes(source.Text, literal))
        {
            found.Add(kind is BadEscape.Unknown ? say.UnknownEscape(span) : say.BadUnicodeEscape(span));
        }
    }

    private string? Documentation(Piece.Comments? before, Comment? trailing = null)
    {
        List<string>? lines = null;
        foreach (var comment in before?.Items ?? [])
        {
            Add(comment);
        }

        if (trailing is { } last)
        {
            Add(last);
        }

        return lines is null ? null : string.Join('\n', lines);

        void Add(Comment comment)
        {
            if (comment.Kind is not CommentKind.Line)
            {
                (lines ??= []).Add(Content(comment));
            }
        }
    }

    private string Content(Comment comment)
    {
        var text = source.Text.AsSpan(comment.Span.Start, comment.Span.Length);
        if (comment.Kind is CommentKind.Block)
        {
            return text[2..^2].Trim().ToString();
        }

        var content = text[3..].TrimEnd();
        return (content.StartsWith(" ") ? content[1..] : content).ToString();
    }
}
