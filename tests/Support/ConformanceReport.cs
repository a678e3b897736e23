using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Tests.Support;

/// <summary>What one folder's test found. Each writes its part; the page is merged once every part is there.</summary>
public sealed class ConformanceReport(string folder, double target)
{
    /// <summary>Every folder of the page with the share that must agree, in the order of the page.</summary>
    public static readonly IReadOnlyList<(string Folder, double Target)> Targets =
    [
        ("psl", 0.97),
        ("psl-to-sql", 0.97),
        ("migration-steps", 0.99),
        ("single-migration", 1.0),
        ("reformat", 0.95),
        ("introspection", 0.85),
        ("real-world", 1.0),
    ];

    private readonly List<Difference> differences = [];
    private int total;

    public ConformanceReport(string folder)
        : this(folder, Targets.Single(t => t.Folder == folder).Target)
    {
    }

    public double Share => total == 0 ? 0 : (double)(total - differences.Count) / total;

    /// <param name="difference">Null when the case agrees, else one line that says how it differs.</param>
    public void Add(string name, string? difference)
    {
        total++;
        if (difference is not null)
        {
            differences.Add(new(name, OneLine(difference)));
        }
    }

    /// <summary>Writes this part, merges the page when it is the last one, and answers null or what a failing test should say.</summary>
    public string? Finish()
    {
        var parts = Path.Combine(Repository.Root, "artifacts", "conformance");
        Directory.CreateDirectory(parts);
        using (Lock(parts))
        {
            differences.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            var part = new Part(folder, total, differences);
            File.WriteAllText(Path.Combine(parts, folder + ".json"), JsonSerializer.Serialize(part, PartJson.Default.Part) + "\n");
            Merge(parts);
        }

        return Share >= target ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{folder}: {total - differences.Count} of {total} agree ({Share:P1}), the target is {target:P0}.\n{Listing()}");
    }

    private string Listing() => string.Join('\n', differences.Select(d => $"  {d.Name}: {d.Reason}"));

    private static void Merge(string parts)
    {
        var files = Targets.Select(t => Path.Combine(parts, t.Folder + ".json")).ToList();
        if (!files.All(File.Exists))
        {
            return;
        }

        var page = ConformancePage.Write(
            [.. files.Select(f => JsonSerializer.Deserialize(File.ReadAllText(f), PartJson.Default.Part)!)],
            ConformancePage.ReadReasons(Path.Combine(Repository.Root, "tests", "Cases", "conformance-reasons.txt")),
            Path.Combine(Repository.Root, "tests", "Cases", "conformance-fuzz.md"));
        var path = Path.Combine(Repository.Root, "docs", "conformance.md");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path) || File.ReadAllText(path) != page)
        {
            File.WriteAllText(path, page, new UTF8Encoding(false));
        }
    }

    // Test assemblies run at the same time, and each may hold a folder's test.
    private static FileStream Lock(string parts)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(parts, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(50);
            }
        }
    }

    private static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > 300 ? line[..300] + " …" : line;
    }

    internal sealed record Part(string Folder, int Total, List<Difference> Differences);

    internal sealed record Difference(string Name, string Reason);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(ConformanceReport.Part))]
internal sealed partial class PartJson : JsonSerializerContext;
