using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Tests.Syntax;

public class ReformatConformanceTests
{
    [Fact]
    public void Formatting_agrees_with_the_reformat_cases()
    {
        Assert.SkipWhen(Conformance.Root is null, Conformance.Absent);
        var report = new ConformanceReport("reformat");
        foreach (var reformat in Conformance.Reformat())
        {
            var once = Parsed.Formatted(reformat.Input);
            report.Add(reformat.Name, Difference(reformat.Expected, once) ?? Difference(once, Parsed.Formatted(once)));
        }

        Assert.Null(report.Finish());
    }

    private static string? Difference(string expected, string found)
    {
        if (expected == found)
        {
            return null;
        }

        var pairs = expected.Split('\n').Zip(found.Split('\n')).ToList();
        var line = pairs.FindIndex(p => p.First != p.Second);
        return line < 0 ? "one text goes on where the other ends" : $"line {line + 1}: expected {pairs[line].First}, found {pairs[line].Second}";
    }
}
