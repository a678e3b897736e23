using System.Text;
using Sluice.Diagnostics;

namespace Sluice.Tests.Model;

/// <summary>docs/diagnostics.md, written from the cases: what each code says of its example, and what it says to write instead.</summary>
internal static class DiagnosticPage
{
    private static readonly (string Prefix, string Title)[] Chapters =
    [
        ("SL10", "Syntax"),
        ("SL20", "Names and types"),
        ("SL21", "Datasource and generators"),
        ("SL22", "Attributes and their arguments"),
        ("SL23", "Fields, defaults and native types"),
        ("SL24", "Names in the database, schemas and views"),
        ("SL25", "Keys and indexes"),
        ("SL26", "Relations"),
        ("SL270", "Hints of renames"),
        ("SL271", "Hints to generate"),
    ];

    public static string Write(IReadOnlyList<DiagnosticCase> cases)
    {
        var page = new StringBuilder();
        page.Append("""
            # Diagnostics

            What `sluice validate` can say of a schema. Codes are never renumbered or reused: `SL1xxx` come from the parser,
            `SL2xxx` from what the schema means. Errors make the schema invalid, warnings do not.

            Each entry shows an example, what is said of it, and what to write instead. The examples are the files in
            `tests/Cases/diagnostics`; this page is written from them (`SLUICE_ACCEPT=1 ./test` rewrites it).

            """.ReplaceLineEndings("\n"));
        foreach (var (prefix, title) in Chapters)
        {
            page.Append("\n## ").Append(title).Append('\n');
            foreach (var @case in cases.Where(c => c.Code.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Write(page, @case);
            }
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, DiagnosticCase @case)
    {
        var said = @case.Diagnostics.First(d => d.Code == @case.Code);
        var line = said.Source.Position(said.Span.Start).Line;
        page.Append("\n### ").Append(@case.Code).Append(said.Severity is Severity.Warning ? " (warning)" : "").Append("\n\n");
        page.Append("```prisma\n").Append(@case.Text.TrimEnd()).Append("\n```\n\n");
        page.Append("Line ").Append(line).Append(": ").Append(said.Message).Append('\n');
        if (said.Help is { } help)
        {
            page.Append("<br>**Instead:** ").Append(help).Append('\n');
        }
    }
}

/// <param name="Code">The code that the case is about; it may bring others along.</param>
internal sealed record DiagnosticCase(string Code, string Text, IReadOnlyList<Diagnostic> Diagnostics);
