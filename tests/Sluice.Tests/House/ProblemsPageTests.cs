using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Tests.House;

/// <summary>docs/problems.md and the code name the same problems, and a code means one thing.</summary>
public sealed class ProblemsPageTests
{
    // Said in two places, and of the same thing in both.
    private static readonly string[] InTwoPlaces = ["SL5002", "SL5004", "SL5006", "SL5007", "SL5024", "SL5047", "SL5051", "SL5055", "SL5060", "SL5105", "SL6003"];

    // The targets of a build are code too.
    private static ILookup<string, string> Places() => Repository.Sources("src")
        .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "src/Sluice.EntityFrameworkCore/build"), "*.targets"))
        .SelectMany(file => Regex.Matches(File.ReadAllText(file), "\"(SL[56][0-9]{3})\"").Select(m => (Code: m.Groups[1].Value, Place: Repository.Relative(file))))
        .ToLookup(f => f.Code, f => f.Place);

    [Fact]
    public void Every_problem_has_one_row_and_every_row_a_problem()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/problems.md"))
            .Where(l => l.StartsWith("| SL", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .ToList();

        Assert.Equal(Places().Select(p => p.Key).Order(StringComparer.Ordinal), rows.Select(r => r[1]));
        Assert.All(rows, r => Assert.True(r is ["", _, { Length: > 0 }, { Length: > 0 }, ""], $"{r[1]} lacks a finding or a remedy"));
    }

    [Fact]
    public void A_code_that_stands_in_two_places_means_one_thing() =>
        Assert.Equal(InTwoPlaces, Places().Where(p => p.Count() > 1).Select(p => p.Key).Order(StringComparer.Ordinal));
}
