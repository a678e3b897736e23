using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Tests.Model;

/// <summary>Short ways to bind the text of a schema and to say what came out.</summary>
internal static class Bound
{
    public const string Postgres = "datasource db { \n provider = \"postgresql\" \n url = \"x\" \n}\n";

    public const string Emulated =
        "datasource db { \n provider = \"postgresql\" \n url = \"x\" \n relationMode = \"prisma\" \n}\n";

    public static Stage<SchemaModel> Read(string text, string head = Postgres) =>
        Migration.Read(new SourceText("schema.prisma", head + text));

    public static SchemaModel Model(string text, string head = Postgres)
    {
        var stage = Read(text, head);
        Xunit.Assert.Empty(stage.Diagnostics.Where(d => d.Severity is Severity.Error));
        return stage.Value;
    }

    /// <summary>The codes of all mistakes and the text they stand on, one line each.</summary>
    public static string Mistakes(string text, string head = Postgres) => string.Join('\n', Read(text, head).Diagnostics.Select(d =>
        $"{d.Code} {d.Source.Line(d.Source.Position(d.Span.Start).Line).Trim()}"));
}
