using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>From what the grammar recognised to the tree, saying what is wrong on the way, in the order of the text.</summary>
internal sealed partial class TreeBuilder(SourceText source)
{
    private readonly ImmutableArray<Diagnostic>.Builder found = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly SyntaxDiagnostics say = new(source);

    public ImmutableArray<Diagnostic> Diagnostics => found.ToImmutable();

    public ImmutableArray<BlockSyntax> Build(ImmutableArray<Piece> pieces)
    {
        var blocks = ImmutableArray.CreateBuilder<BlockSyntax>();
        Piece.Comments? before = null;
        foreach (var piece in pieces)
        {
            switch (piece)
            {
                case Piece.Block block:
                    blocks.Add(Block(block, Documentation(before)));
                    break;
                case Piece.UnknownBlock:
                    found.Add(say.UnknownBlock(piece.Span));
                    break;
                case Piece.TypeAlias:
                    found.Add(say.TypeAlias(piece.Span));
                    break;
                case Piece.Unreadable line:
                    found.Add(line.TooDeep ? say.TooDeep(line.Span) : say.UnknownLine(line.Span));
                    break;
            }

            // A comment belongs to a block only when nothing, not even an empty line, stands between them.
            before = piece as Piece.Comments;
        }

        return blocks.ToImmutable();
    }

    private BlockSyntax Block(Piece.Block block, string? documentation)
    {
        var after = source.Text.AsSpan(block.AfterBrace.Start, block.AfterBrace.Length).TrimStart();
        if (!after.IsEmpty && !after.StartsWith("//") && !after.StartsWith("/*"))
        {
            found.Add(say.TextAfterBrace(block.AfterBrace));
        }

        return block.Keyword switch
        {
            BlockKeyword.Model => Model(block, ModelKeyword.Model, documentation),
            BlockKeyword.View => Model(block, ModelKeyword.View, documentation),
            BlockKeyword.Type => Model(block, ModelKeyword.Type, documentation),
            BlockKeyword.Enum => Enum(block, documentation),
            BlockKeyword.Datasource => Config(block, ConfigKeyword.Datasource, documentation),
            BlockKeyword.Generator => Config(block, ConfigKeyword.Generator, documentation),
            _ => throw new UnreachableException(),
        };
    }

    private ModelSyntax Model(Piece.Block block, ModelKeyword keyword, string? documentation)
    {
        var word = keyword switch
        {
            ModelKeyword.Model => "model",
            ModelKeyword.View => "view",
            ModelKeyword.Type => "composite type",
            _ => throw new UnreachableException(),
        };
        var fields = ImmutableArray.CreateBuilder<FieldSyntax>();
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        Piece.Comments? before = null;
        foreach (var piece in block.Contents)
        {
            switch (piece)
            {
                case Piece.Comments comments:
                    before = comments;
                    break;
                case Piece.Field field:
                    if (Field(field, word, block.Name.Name, before) is { } syntax)
                    {
                        fields.Add(syntax);
                        RefuseInComposite(keyword, syntax);
                    }

                    before = null;
                    break;
                case Piece.BlockAttribute attribute when keyword is ModelKeyword.Type:
                    found.Add(say.CompositeAttribute(attribute.Span, $"@@{attribute.Attribute.Name.Name}"));
                    break;
                case Piece.BlockAttribute attribute:
                    Check("@@", attribute.Attribute);
                    attributes.Add(attribute.Attribute);
                    break;
                case Piece.Unreadable line:
                    found.Add(line.TooDeep ? say.TooDeep(line.Span) : say.NotAField(line.Span, word));
                    break;
            }
        }

        return new ModelSyntax(block.Span, keyword, block.Name, fields.ToImmutable(), attributes.ToImmutable(), documentation);
    }

    private void RefuseInComposite(ModelKeyword keyword, FieldSyntax field)
    {
        foreach (var attribute in field.Attributes)
        {
            if (keyword is ModelKeyword.Type && attribute.Name.Name is "relation" or "unique" or "id")
            {
                found.Add(say.CompositeAttribute(field.Span, $"@{attribute.Name.Name}"));
            }
        }
    }

    private EnumSyntax Enum(Piece.Block block, string? documentation)
    {
        var values = ImmutableArray.CreateBuilder<EnumValueSyntax>();
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        Piece.Comments? before = null;
        foreach (var piece in block.Contents)
        {
            switch (piece)
            {
                case Piece.Comments comments:
                    before = comments;
                    break;
                case Piece.Field value:
                    Check(value.Attributes);
                    values.Add(new EnumValueSyntax(value.Span, value.Name, value.Attributes, Documentation(before, value.Trailing)));
                    before = null;
                    break;
                case Piece.BlockAttribute attribute:
                    Check("@@", attribute.Attribute);
                    attributes.Add(attribute.Attribute);
                    break;
                case Piece.Unreadable line:
                    found.Add(line.TooDeep ? say.TooDeep(line.Span) : say.NotAnEnumValue(line.Span));
                    break;
            }
        }

        return new EnumSyntax(block.Span, block.Name, values.ToImmutable(), attributes.ToImmutable(), documentation);
    }

    private ConfigSyntax Config(Piece.Block block, ConfigKeyword keyword, string? documentation)
    {
        var word = keyword is ConfigKeyword.Datasource ? "datasource" : "generator";
        var properties = ImmutableArray.CreateBuilder<PropertySyntax>();
        foreach (var piece in block.Contents)
        {
            switch (piece)
            {
                case Piece.Property property:
                    Check(property.Value, property.Name.Name);
                    properties.Add(new PropertySyntax(property.Span, property.Name, property.Value));
                    break;
                case Piece.Unreadable line:
                    found.Add(line.TooDeep ? say.TooDeep(line.Span) : say.NotAProperty(line.Span, word));
                    break;
            }
        }

        return new ConfigSyntax(block.Span, keyword, block.Name, properties.ToImmutable(), documentation);
    }
}
