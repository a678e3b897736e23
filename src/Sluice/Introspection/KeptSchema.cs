using System.Text;
using Sluice.Catalog;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Introspection;

/// <summary>The files of the previous schema with what the database says otherwise. Blocks stay where they are, those whose table is gone go.</summary>
/// <param name="said">What the previous schema says, as it would be pulled.</param>
/// <param name="found">What the database says.</param>
internal sealed class KeptSchema(PreviousSchema previous, Database database, List<PulledBlock> said, List<PulledBlock> found)
{
    private readonly ILookup<(string, string), PulledBlock> saidBlocks = said.ToLookup(Key);
    private readonly Dictionary<(string, string), PulledBlock> pending = found.ToDictionary(Key);

    public List<SourceText> Files()
    {
        var parts = previous.Trees.Select(t => (Tree: t, Parts: t.Pieces.Select((p, i) => Keep(t, p, t.Pieces.ElementAtOrDefault(i + 1))).ToList())).ToList();

        // New blocks go to the file that configures the datasource, each after the last of its kind.
        var home = parts.FirstOrDefault(p => p.Tree.Blocks.Any(b => b is ConfigSyntax { Keyword: ConfigKeyword.Datasource }));
        home = home.Tree is null ? parts[0] : home;
        foreach (var kind in found.Where(b => pending.ContainsKey(Key(b))).GroupBy(b => b.Keyword))
        {
            var last = home.Tree.Pieces.ToList().FindLastIndex(p => p is Piece.Block block && Word(block.Keyword) == kind.Key);
            home.Parts[last < 0 ? ^1 : last] += string.Concat(kind.Select(b => "\n\n" + b.Text()));
        }

        return [.. parts.Select(p => new SourceText(p.Tree.Source.Path, string.Concat(p.Parts)))];
    }

    private string Keep(SyntaxTree tree, Piece piece, Piece? next) => piece switch
    {
        // What stands right above a block goes with it; a block that is written anew has its own documentation.
        Piece.Comments comments => string.Concat(CommentedModels(Lines(tree, comments)).Where(l => next is not Piece.Block block || Keeps(block, l))),
        Piece.Block { Keyword: BlockKeyword.Datasource } => Configuration.Datasource(tree, tree.Blocks.OfType<ConfigSyntax>().First(b => b.Span == piece.Span), database, previous.Model),
        Piece.Block { Keyword: BlockKeyword.Model or BlockKeyword.View or BlockKeyword.Enum } block => Keep(tree, block),
        _ => tree.Source.Slice(piece.Span),
    };

    private bool Keeps(Piece.Block block, string line) => block.Keyword is BlockKeyword.Datasource or BlockKeyword.Generator or BlockKeyword.Type
        || (pending.TryGetValue(Key(block), out var now) && (!line.StartsWith("///", StringComparison.Ordinal) || Said(now) is not null));

    private string Keep(SyntaxTree tree, Piece.Block block)
    {
        if (!pending.Remove(Key(block), out var now))
        {
            return "";
        }

        if (Said(now) is not { } before)
        {
            return now.Text().TrimEnd();
        }

        var entity = previous.Model.Entities.FirstOrDefault(e => e.Name == block.Name.Name);
        return PulledBlock.Documented(now.Documentation.Except(before.Documentation)) + new KeptBlock(tree.Source, block, entity, before, now).Text();
    }

    /// <summary>Null where the words of the schema are of no use: it says something else altogether, or is to be forgotten.</summary>
    private PulledBlock? Said(PulledBlock now) => now.IsCommentedOut ? null : saidBlocks[Key(now)].FirstOrDefault();

    /// <summary>Models that an earlier pull commented out are written anew if they still are to be: here they would pile up.</summary>
    private static List<string> CommentedModels(IEnumerable<string> lines)
    {
        var kept = new List<string>();
        var isInside = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("// model ", StringComparison.Ordinal) && kept.FindLastIndex(l => l == PulledBlock.Documented([Remarks.WithoutColumns])) is var first and >= 0)
            {
                isInside = true;
                kept.RemoveRange(first, kept.Count - first);
            }

            if (!isInside)
            {
                kept.Add(line);
            }

            isInside &= line.TrimEnd() != "// }";
        }

        return kept;
    }

    private static IEnumerable<string> Lines(SyntaxTree tree, Piece.Comments comments) => comments.Items.Select(c => tree.Source.Slice(c.Span) + "\n");

    private static (string, string) Key(PulledBlock block) => (block.Keyword, block.Name);

    private static (string, string) Key(Piece.Block block) => (Word(block.Keyword), block.Name.Name);

    private static string Word(BlockKeyword keyword) => keyword switch { BlockKeyword.Model => "model", BlockKeyword.View => "view", BlockKeyword.Enum => "enum", _ => "" };
}
