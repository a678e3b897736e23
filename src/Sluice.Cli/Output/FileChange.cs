using Sluice.Text;

namespace Sluice.Cli.Output;

/// <summary>A file that a command writes: as it is, and as it is to be.</summary>
/// <param name="Before">Null where there is none yet.</param>
internal sealed record FileChange(string Path, string? Before, string After)
{
    public static FileChange Of(SourceText file) => new(file.Path, File.Exists(file.Path) ? File.ReadAllText(file.Path) : null, file.Text);

    public string Kind => Before is null ? "new" : Before == After ? "same" : "changed";

    public bool IsChange => Before != After;

    /// <summary>`sql/views.sql (new, 12 lines)`, `schema.prisma (3 lines added, 1 removed)`.</summary>
    public string Describe()
    {
        var (before, after) = (Lines(Before ?? ""), Lines(After));
        var (added, removed) = (Beyond(after, before), Beyond(before, after));
        return Before is null ? $"{Path} (new, {DiagnosticText.Counted(after.Count, "line")})"
            : Before == After ? $"{Path} (as it was)"
            : added == 0 && removed == 0 ? $"{Path} (lines in another order)"
            : $"{Path} ({string.Join(", ", new[] { added > 0 ? $"{DiagnosticText.Counted(added, "line")} added" : null, removed > 0 ? $"{(added > 0 ? removed : DiagnosticText.Counted(removed, "line"))} removed" : null }.OfType<string>())})";
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').SkipLast(text.EndsWith('\n') ? 1 : 0)];

    private static int Beyond(List<string> lines, List<string> others)
    {
        var counts = others.CountBy(l => l).ToDictionary(StringComparer.Ordinal);
        return lines.CountBy(l => l).Sum(l => Math.Max(0, l.Value - counts.GetValueOrDefault(l.Key)));
    }
}
