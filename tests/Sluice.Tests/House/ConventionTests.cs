using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Tests.House;

public sealed partial class ConventionTests
{
    private const int LongestFile = 400;

    // What a pure stage must not touch: the same input gives the same bytes, on every machine.
    private static readonly string[] ForbiddenInTheCore =
        ["DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.UtcNow", "Console.", "Guid.NewGuid", "Random.Shared", "Environment.Get", "File.Read", "CultureInfo.CurrentCulture", "Stopwatch."];

    private static readonly string[] ForbiddenBelowTheEdge =
        ["DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "Console.", "Thread.Sleep"];

    private static readonly string[] ForbiddenEverywhere =
        ["#region", "NotImplementedException", "GC.Collect", ".Result;", ".GetAwaiter().GetResult()"];

    [Fact]
    public void Files_are_short() =>
        Assert.All(AllSources(), f => Assert.True(File.ReadLines(f).Count() <= LongestFile, $"{Repository.Relative(f)} has over {LongestFile} lines"));

    [Fact]
    public void The_core_is_pure() => Assert.Empty(Uses("src/Sluice", ForbiddenInTheCore));

    [Fact]
    public void The_library_below_the_edge_is_quiet_and_takes_its_clock_from_outside() =>
        Assert.Empty(Uses("src/Sluice.Postgres", ForbiddenBelowTheEdge));

    [Fact]
    public void Nothing_unfinished_or_blocking_is_left_in_the_sources() => Assert.Empty(Uses("src", ForbiddenEverywhere));

    [Fact]
    public void No_catch_swallows_every_exception() =>
        Assert.Empty(Repository.Sources("src").SelectMany(f => SilentCatch().Matches(File.ReadAllText(f)).Select(m => $"{Repository.Relative(f)}: {m.Value}")));

    [Fact]
    public void No_type_is_called_Manager_Helper_Utils_Common_or_Base() =>
        Assert.DoesNotMatch(VagueName(), string.Join('\n', Repository.Sources("src").Select(Path.GetFileName)));

    [Fact]
    public void Every_package_is_pinned_to_one_version() =>
        Assert.All(
            PackageVersion().Matches(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props"))),
            m => Assert.Matches(@"^\[[\d.]+\]$", m.Groups[1].Value));

    private static IEnumerable<string> AllSources() =>
        new[] { "src", "tests", "bench", "examples" }.Where(d => Directory.Exists(Path.Combine(Repository.Root, d))).SelectMany(Repository.Sources);

    private static IEnumerable<string> Uses(string folder, string[] forbidden) =>
        from file in Repository.Sources(folder)
        from line in File.ReadLines(file).Select((text, i) => (Number: i + 1, Text: text))
        where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from word in forbidden
        where line.Text.Contains(word, StringComparison.Ordinal)
        select $"{Repository.Relative(file)}:{line.Number}: {word}";

    [GeneratedRegex(@"catch\s*(\((System\.)?Exception(\s+\w+)?\))?\s*\{\s*(//[^\n]*\s*)*\}")]
    private static partial Regex SilentCatch();

    [GeneratedRegex(@"^\w*(Manager|Helpers?|Utils?|Utilit(y|ies)|Common|Base)\.cs$", RegexOptions.Multiline)]
    private static partial Regex VagueName();

    [GeneratedRegex(@"PackageVersion Include=""[^""]+"" Version=""([^""]+)""")]
    private static partial Regex PackageVersion();
}
