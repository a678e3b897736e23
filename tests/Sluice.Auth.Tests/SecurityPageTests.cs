using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>docs/auth-security.md and the tests name the same items of the bar.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_item_on_the_page_has_its_tests_where_it_says_and_every_test_its_item()
    {
        var page = File.ReadLines(Path.Combine(Repository.Root, "docs/auth-security.md"))
            .Select(l => Row().Match(l)).Where(m => m.Success)
            .SelectMany(m => Name().Matches(m.Groups[2].Value).Select(n => $"{m.Groups[1].Value} {n.Groups[1].Value}"));
        var tests = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(t => t.GetMethods().Where(m => m.Name.StartsWith("Bar_", StringComparison.Ordinal)).SelectMany(m => Number().Matches(m.Name).Select(n => $"{n.Groups[1].Value} {t.Name}")))
            .Distinct();

        Assert.Equal(tests.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (\d\d) \|.*\|(.*)\|$")]
    private static partial Regex Row();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"_(\d\d)(?=_)")]
    private static partial Regex Number();
}
