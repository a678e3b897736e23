using System.Collections.Immutable;
using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>Text to tree. Parsing never fails: what cannot be read is diagnosed and skipped to the end of its line or block.</summary>
public static class SchemaParser
{
    public static Stage<SyntaxTree> Parse(SourceText source)
    {
        var pieces = new Grammar(source.Text).ReadFile();
        var builder = new TreeBuilder(source);
        var blocks = builder.Build(pieces);
        return new Stage<SyntaxTree>(new SyntaxTree(source, blocks) { Pieces = pieces }, builder.Diagnostics);
    }
}
