using System.Text;
using Sluice.Catalog;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>The `datasource` and `generator` blocks of a pulled schema.</summary>
internal static class Configuration
{
    public static string New(Database database)
    {
        var schemas = database.QualifyNames ? $"  schemas  = [{string.Join(", ", database.Schemas.Select(Literals.Text))}]\n" : "";
        return "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n" + schemas + "}\n\n";
    }

    /// <summary>As they were written, with the comments above them.</summary>
    public static string Of(SyntaxTree tree)
    {
        var text = new StringBuilder();
        foreach (var block in tree.Blocks.OfType<ConfigSyntax>())
        {
            foreach (var line in block.Documentation?.Split('\n') ?? [])
            {
                text.Append("/// ").Append(line).Append('\n');
            }

            text.Append(tree.Source.Slice(block.Span)).Append("\n\n");
        }

        return text.ToString();
    }
}
