using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Model;

public partial class DiagnosticCatalogueTests
{
    [Fact]
    public void Each_code_stands_once_in_the_catalogues()
    {
        Assert.Empty(Codes().GroupBy(c => c).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Each_code_has_a_case_and_each_case_its_code()
    {
        Assert.Equal(Codes().Order(StringComparer.Ordinal), Cases().Select(c => c.Code));
    }

    [Fact]
    public void Each_case_is_told_what_is_wrong_with_it_and_what_to_write_instead()
    {
        Assert.All(Cases(), c =>
        {
            var said = Assert.Single(c.Diagnostics.Where(d => d.Code == c.Code).DistinctBy(d => d.Message).Take(1));
            Assert.EndsWith(".", said.Message, StringComparison.Ordinal);
            Assert.False(string.IsNullOrWhiteSpace(said.Help), $"{c.Code} gives no help.");
        });
    }

    [Fact]
    public void The_page_of_diagnostics_is_true()
    {
        var path = Path.Combine(Repository.Root, "docs", "diagnostics.md");
        var page = DiagnosticPage.Write(Cases());
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == page, "docs/diagnostics.md is out of date: SLUICE_ACCEPT=1 ./test");
    }

    private static IReadOnlyList<DiagnosticCase> Cases() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Cases", "diagnostics"), "*.prisma")
            .Order(StringComparer.Ordinal)
            .Select(path =>
            {
                var text = File.ReadAllText(path);
                var code = Path.GetFileNameWithoutExtension(path);
                return new DiagnosticCase(code, text, Migration.Read(new SourceText(path, text)).Diagnostics);
            }),
    ];

    private static IEnumerable<string> Codes() => House.Repository.Sources("src/Sluice")
        .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(m => m.Groups["code"].Value));

    [GeneratedRegex("\"(?<code>SL[12][0-9]{3})\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
