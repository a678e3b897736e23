using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Syntax;

internal sealed partial class Grammar
{
    private Piece? Field()
    {
        var start = scanner.Position;
        if (scanner.TakeIdentifier() is not { } name)
        {
            return null;
        }

        var colon = TakeSign(":") ? new TextSpan(scanner.Position - 1, 1) : (TextSpan?)null;
        scanner.SkipBlanks();
        var type = FieldType();
        return RestOfField(start, name, colon, type);
    }

    private Piece? EnumValue()
    {
        var start = scanner.Position;
        return scanner.TakeIdentifier() is { } name ? RestOfField(start, name, null, null) : null;
    }

    private Piece? RestOfField(int start, Identifier name, TextSpan? colon, TypePiece? type)
    {
        var attributes = FieldAttributes();
        scanner.SkipBlanks();
        var comment = scanner.TakeComment();
        scanner.SkipBlanks();
        return scanner.TakeNewline()
            ? new Piece.Field(From(start), name, colon, type, attributes, comment)
            : Fail(start);
    }

    private Piece? Property()
    {
        var start = scanner.Position;
        if (scanner.TakeIdentifier() is not { } name || !TakeSign("="))
        {
            return Fail(start);
        }

        var end = scanner.Position;
        scanner.SkipBlanks();
        var value = Expression(0);
        end = value?.Span.End ?? end;
        scanner.SkipBlanks();
        var comment = scanner.TakeComment();
        scanner.SkipBlanks();
        return scanner.TakeNewline()
            ? new Piece.Property(TextSpan.FromBounds(start, end), name, value, comment)
            : Fail(start);
    }

    private Piece? BlockAttribute()
    {
        var start = scanner.Position;
        if (Attribute("@@") is not { } attribute)
        {
            return null;
        }

        scanner.SkipBlanks();
        var comment = scanner.TakeComment();
        var span = TextSpan.FromBounds(start, comment?.Span.End ?? attribute.Span.End);
        scanner.SkipBlanks();
        return scanner.TakeNewline() ? new Piece.BlockAttribute(span, attribute, comment) : Fail(start);
    }

    private ImmutableArray<AttributeSyntax> FieldAttributes()
    {
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        for (var before = scanner.Position; ; before = scanner.Position)
        {
            scanner.SkipBlanks();
            if (Attribute("@") is not { } attribute)
            {
                scanner.Position = before;
                return attributes.ToImmutable();
            }

            attributes.Add(attribute);
        }
    }

    private AttributeSyntax? Attribute(string sign)
    {
        var start = scanner.Position;
        if (!scanner.Take(sign))
        {
            return null;
        }

        scanner.SkipBlanks();
        if (scanner.TakePath() is not { } name)
        {
            scanner.Position = start;
            return null;
        }

        var arguments = Arguments(0);
        return new AttributeSyntax(From(start), name, arguments is not null, arguments ?? []);
    }

    private TypePiece? FieldType()
    {
        var start = scanner.Position;
        if (BaseType() is { } found)
        {
            var form = TypeForm.Required;
            var end = scanner.Position;
            scanner.SkipBlanks();
            if (scanner.Take("[]"))
            {
                end = scanner.Position;
                form = TakeSign("?") ? TypeForm.OptionalList : TypeForm.List;
            }
            else if (scanner.Take("?"))
            {
                form = TypeForm.Optional;
            }
            else if (scanner.Take("!"))
            {
                form = TypeForm.LegacyRequired;
            }

            scanner.Position = form is TypeForm.Required or TypeForm.List ? end : scanner.Position;
            return new TypePiece(From(start), found.Base, found.Text, form);
        }

        if (scanner.Take("["))
        {
            scanner.SkipBlanks();
            if (BaseType() is { } item && TakeSign("]"))
            {
                return new TypePiece(From(start), item.Base, item.Text, TypeForm.LegacyList);
            }
        }

        scanner.Position = start;
        return null;
    }

    private (TextSpan Base, TextSpan? Text)? BaseType()
    {
        scanner.SkipBlanks();
        var start = scanner.Position;
        if (scanner.Take("Unsupported("))
        {
            scanner.SkipBlanks();
            if (scanner.TakeString() is { } literal && TakeSign(")"))
            {
                return (From(start), literal);
            }

            scanner.Position = start;
        }

        return scanner.TakeIdentifier() is { } name ? (name.Span, null) : null;
    }
}
