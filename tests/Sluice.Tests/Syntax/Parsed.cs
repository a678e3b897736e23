using Sluice.Diagnostics;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Tests.Syntax;

/// <summary>Short ways to parse a text and to say what came out.</summary>
internal static class Parsed
{
    public static Stage<SyntaxTree> Tree(string text) => SchemaParser.Parse(new SourceText("schema.prisma", text));

    public static ModelSyntax Model(string text) => (ModelSyntax)Tree(text).Value.Blocks.Single();

    public static string Formatted(string text) => Migration.Format(new SourceText("schema.prisma", text)).Single().Text;

    /// <summary>`code line:column text`, one line each.</summary>
    public static string Mistakes(string text) => string.Join('\n', Tree(text).Diagnostics.Select(d =>
    {
        var (line, column) = d.Source.Position(d.Span.Start);
        return $"{d.Code} {line}:{column} {d.Source.Slice(d.Span).TrimEnd('\n')}";
    }));
}
