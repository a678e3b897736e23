using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>The comment lines between a block and the one before it.</summary>
internal static class LeadingComments
{
    public static IEnumerable<string> Of(SyntaxTree tree, BlockSyntax block, bool withDocumentation)
    {
        var before = tree.Blocks.TakeWhile(b => b.Span.Start < block.Span.Start).LastOrDefault();
        var gap = tree.Source.Slice(TextSpan.FromBounds(before?.Span.End ?? 0, block.Span.Start));

        // What stands behind the closing brace of the block before belongs to that one.
        var lines = gap.Split('\n').Skip(before is null ? 0 : 1).Select(l => l.Trim());
        return WithoutBlocks(lines.Where(l => l.StartsWith("//", StringComparison.Ordinal) && (withDocumentation || !l.StartsWith("///", StringComparison.Ordinal))));
    }

    /// <summary>Models that an earlier pull commented out are written again where they are still to be: here they would pile up.</summary>
    private static IEnumerable<string> WithoutBlocks(IEnumerable<string> lines)
    {
        var isInside = false;
        foreach (var line in lines)
        {
            isInside |= line.StartsWith("// model ", StringComparison.Ordinal) && line.EndsWith('{');
            if (!isInside)
            {
                yield return line;
            }

            isInside &= line != "// }";
        }
    }
}
