using System.Globalization;
using System.Text;

namespace Sluice.Tests.Support;

/// <summary>docs/conformance.md: figures per folder, and every case that differs with the reason.</summary>
internal static class ConformancePage
{
    /// <summary>Lines `folder/case: reason`; blank lines and those that start with `#` are skipped.</summary>
    public static IReadOnlyDictionary<string, string> ReadReasons(string path) => !File.Exists(path)
        ? new Dictionary<string, string>()
        : File.ReadLines(path)
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split(": ", 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    public static string Write(
        IReadOnlyList<ConformanceReport.Part> parts,
        IReadOnlyDictionary<string, string> reasons,
        string fuzzSection)
    {
        var page = new StringBuilder();
        page.Append("""
            # Conformance

            How far Sluice answers as Prisma 6.19's engine does, over cases that nobody in this project wrote.
            This page is written by the tests (`./test`); reasons come from `tests/Cases/conformance-reasons.txt`.

            | cases | agree | of | share | target |
            |---|--:|--:|--:|--:|

            """.ReplaceLineEndings("\n"));
        foreach (var part in parts)
        {
            var agree = part.Total - part.Differences.Count;
            var target = ConformanceReport.Targets.Single(t => t.Folder == part.Folder).Target;
            page.Append(CultureInfo.InvariantCulture, $"| {part.Folder} | {agree} | {part.Total} | {Percent(agree, part.Total)} | {target * 100:0} % |\n");
        }

        foreach (var part in parts.Where(p => p.Differences.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## What differs in {part.Folder}\n\n");
            foreach (var difference in part.Differences)
            {
                var reason = reasons.TryGetValue($"{part.Folder}/{difference.Name}", out var known)
                    ? known
                    : $"not explained yet: {difference.Reason}";
                page.Append(CultureInfo.InvariantCulture, $"- `{difference.Name}`: {reason}\n");
            }
        }

        if (File.Exists(fuzzSection))
        {
            page.Append('\n').Append(File.ReadAllText(fuzzSection).ReplaceLineEndings("\n").TrimEnd()).Append('\n');
        }

        return page.ToString();
    }

    private static string Percent(int agree, int total) =>
        total == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(1000.0 * agree / total) / 10:0.0} %");
}
