using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Docs;

/// <summary>docs/problems.md has a row for every code that a route refuses with, with its status.</summary>
public sealed partial class RefusalsPageTests
{
    // Said with the status that the server gives: 400, or 413.
    private const string TooLarge = "invalid_request 413";

    [Fact]
    public void Every_code_of_a_refusal_has_one_row_with_its_status_and_every_row_a_code()
    {
        var source = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Sluice.Auth"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(f => Refusal().Matches(File.ReadAllText(f))).Select(m => $"{m.Groups["code"].Value} {m.Groups["status"].Value}").Append(TooLarge).ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/problems.md")).Select(l => Row().Match(l)).Where(m => m.Success).ToList();

        Assert.True(source.Count > 30, $"{source.Count} codes");
        Assert.Equal(
            source.Order(StringComparer.Ordinal),
            rows.SelectMany(r => r.Groups["statuses"].Value.Split(", ").Select(s => $"{r.Groups["code"].Value} {s}")).Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.True(r.Groups["found"].Value.Length > 0 && r.Groups["remedy"].Value.Length > 0, r.Value));
    }

    [GeneratedRegex(@"\b(?<status>[45]\d\d), ""(?<code>[a-z_]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Refusal();

    [GeneratedRegex(@"^\| `(?<code>\w+)` \| (?<statuses>[\d, ]+) \| (?<found>.*) \| (?<remedy>.*) \|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
