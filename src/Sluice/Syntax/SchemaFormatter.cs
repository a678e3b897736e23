using System.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>
/// The file printed the way Prisma's formatter prints it. Where Prisma needs two runs to come to rest, this is what the
/// second one gives, so that formatting twice changes nothing.
/// </summary>
public static class SchemaFormatter
{
    public static string Format(SyntaxTree tree)
    {
        var page = new FormatPage(tree.Source);
        var pieces = tree.Pieces.AsSpan();
        for (var i = SkipEmptyLines(pieces) ? 1 : 0; i < pieces.Length; i++)
        {
            switch (pieces[i])
            {
                case Piece.Block block:
                    new BlockFormatter(page, tree.Source).Print(block);
                    if (i + 1 < pieces.Length && pieces[i + 1] is not Piece.EmptyLines)
                    {
                        page.EndLine();
                    }

                    break;
                case Piece.Comments comments:
                    var table = new FormatTable(tree.Source);
                    table.AddComments(comments);
                    table.PrintTo(page);
                    break;
                case Piece.EmptyLines when i == pieces.Length - 1:
                    break;
                case Piece.EmptyLines:
                    page.EndLine();
                    break;
                case Piece.Unreadable or Piece.UnknownBlock or Piece.TypeAlias:
                    page.Write(tree.Source.Text.AsSpan(pieces[i].Span.Start, pieces[i].Span.Length));
                    break;
                default:
                    throw new UnreachableException();
            }
        }

        return page.Finish();
    }

    internal static bool SkipEmptyLines(ReadOnlySpan<Piece> pieces) => pieces is [Piece.EmptyLines, ..];
}
