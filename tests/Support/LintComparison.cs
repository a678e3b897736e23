using System.Text;
using Sluice.Diagnostics;

namespace Sluice.Tests.Support;

/// <summary>Two lists of complaints about one schema: the same verdict, as many errors, and on the same lines.</summary>
public static class LintComparison
{
    /// <summary>Null when they agree, else how they differ.</summary>
    public static string? Difference(string schema, IReadOnlyList<LintEntry> expected, IReadOnlyList<Diagnostic> actual)
    {
        var wanted = Lines(schema, expected);
        var found = actual
            .Where(d => d.Severity is Severity.Error)
            .Select(d => (First: d.Source.Position(d.Span.Start).Line, Last: d.Source.Position(LastPosition(d)).Line))
            .Order()
            .ToList();
        if (wanted.Count != found.Count)
        {
            return $"expected {Describe(wanted)}, found {Describe(found)}";
        }

        return wanted.SequenceEqual(found) ? null : $"errors on other lines: expected {Describe(wanted)}, found {Describe(found)}";
    }

    /// <summary>First and last line of each error, sorted.</summary>
    public static IReadOnlyList<(int First, int Last)> Lines(string schema, IReadOnlyList<LintEntry> entries)
    {
        var bytes = Encoding.UTF8.GetBytes(schema);
        int Line(int offset) => bytes.AsSpan(0, Math.Min(offset, bytes.Length)).Count((byte)'\n') + 1;
        return [.. entries.Where(e => !e.IsWarning).Select(e => (Line(e.Start), Line(Math.Max(e.Start, e.End - 1)))).Order()];
    }

    private static int LastPosition(Diagnostic diagnostic) => Math.Max(diagnostic.Span.Start, diagnostic.Span.End - 1);

    private static string Describe(IReadOnlyList<(int First, int Last)> lines) => lines.Count switch
    {
        0 => "no error",
        1 => $"1 error (line {Describe(lines[0])})",
        _ => $"{lines.Count} errors (lines {string.Join(", ", lines.Select(Describe))})",
    };

    private static string Describe((int First, int Last) line) => line.First == line.Last ? $"{line.First}" : $"{line.First}–{line.Last}";
}
