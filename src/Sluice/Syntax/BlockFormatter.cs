using System.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>One block: its lines in aligned groups, then its block attributes in a fixed order.</summary>
internal sealed class BlockFormatter(FormatPage page, SourceText source)
{
    private static readonly string[] AttributeOrder =
        ["id", "unique", "default", "updatedAt", "index", "fulltext", "map", "relation", "ignore"];

    private readonly FormatTable table = new(source);
    private readonly ExpressionPrinter printer = new(source);
    private readonly List<(Piece.Comments? Before, Piece.BlockAttribute Piece)> attributes = [];
    private bool anyLine;

    public void Print(Piece.Block block)
    {
        page.Write($"{Word(block.Keyword)} {block.Name.Name} {{");
        page.EndLine();
        page.Indented = true;
        PrintLines(block);
        table.PrintTo(page);
        PrintAttributes();
        page.Indented = false;
        page.Write("}");
        page.EndLine();
    }

    private void PrintLines(Piece.Block block)
    {
        var pieces = block.Contents.AsSpan();
        Piece.Comments? beforeAttribute = null;
        var afterEmptyLines = false;
        for (var i = SchemaFormatter.SkipEmptyLines(pieces) ? 1 : 0; i < pieces.Length; i++)
        {
            var next = i + 1 < pieces.Length ? pieces[i + 1] : null;
            switch (pieces[i])
            {
                case Piece.EmptyLines:
                    afterEmptyLines = true;

                    // Attributes move to the end of the block and comments may move with them, so the gap before them goes.
                    if (next is not (null or Piece.BlockAttribute or Piece.Comments))
                    {
                        BeginGroup();
                    }

                    continue;
                case Piece.Comments comments when next is Piece.BlockAttribute:
                    beforeAttribute = comments;
                    break;
                case Piece.Comments comments:
                    if (afterEmptyLines)
                    {
                        BeginGroup();
                    }

                    table.AddComments(comments);
                    break;
                case Piece.Field field when block.Keyword is BlockKeyword.Enum:
                    table.Add([field.Name.Name, string.Concat(field.Attributes.Select(printer.Attribute))], field.Trailing);
                    break;
                case Piece.Field field:
                    table.Add([field.Name.Name, Type(field.Type), Attributes(field)], field.Trailing);
                    break;
                case Piece.Property property:
                    table.Add(
                        [property.Name.Name, property.Value is null ? "" : $"= {printer.Expression(property.Value)}"],
                        property.Trailing);
                    break;
                case Piece.BlockAttribute attribute:
                    attributes.Add((beforeAttribute, attribute));
                    beforeAttribute = null;
                    break;
                case Piece.Unreadable line:
                    table.AddRaw(source.Slice(line.Span).TrimEnd('\n'));
                    break;
                default:
                    throw new UnreachableException();
            }

            afterEmptyLines = false;
        }
    }

    private void BeginGroup()
    {
        // A block never begins with an empty line, though its first lines may have been attributes that move away.
        if (anyLine || !table.IsEmpty)
        {
            table.PrintTo(page);
            table.AddEmpty();
            anyLine = true;
        }
    }

    private void PrintAttributes()
    {
        if (attributes.Count > 0)
        {
            table.AddEmpty();
        }

        foreach (var (before, piece) in attributes.OrderBy(a => Rank(a.Piece.Attribute)))
        {
            if (before is not null)
            {
                table.AddComments(before);
            }

            table.Add([$"@{printer.Attribute(piece.Attribute)}"], piece.Trailing);
        }

        table.PrintTo(page);
    }

    private string Attributes(Piece.Field field) =>
        string.Join(' ', field.Attributes.OrderBy(Rank).Select(printer.Attribute));

    private string Type(TypePiece? type) => type is null ? "" : source.Slice(type.Base) + type.Form switch
    {
        TypeForm.Required or TypeForm.LegacyRequired => "",
        TypeForm.Optional => "?",
        TypeForm.List or TypeForm.LegacyList => "[]",
        TypeForm.OptionalList => "[]?",
        _ => throw new UnreachableException(),
    };

    private static int Rank(AttributeSyntax attribute)
    {
        var rank = Array.IndexOf(AttributeOrder, attribute.Name.Name);
        return rank < 0 ? AttributeOrder.Length : rank;
    }

    private static string Word(BlockKeyword keyword) => keyword switch
    {
        BlockKeyword.Model => "model",
        BlockKeyword.Type => "type",
        BlockKeyword.View => "view",
        BlockKeyword.Enum => "enum",
        BlockKeyword.Datasource => "datasource",
        BlockKeyword.Generator => "generator",
        _ => throw new UnreachableException(),
    };
}
