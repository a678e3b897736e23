using System.Text.RegularExpressions;
using Sluice.Auth.Storage;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

/// <summary>docs/auth-tables.md lists the names as they are.</summary>
public sealed partial class TablesPageTests
{
    [Fact]
    public void Every_column_is_on_the_page_and_those_that_may_be_absent_say_what_is_lost()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/auth-tables.md")).Select(l => Row().Match(l)).Where(m => m.Success).ToList();

        Assert.Equal(Declared.Tables.SelectMany(t => t.Columns.Select(c => $"{t.Name.Name}.{c.Name}")).Order(StringComparer.Ordinal), rows.Select(r => r.Groups["name"].Value).Order(StringComparer.Ordinal));
        Assert.Equal(Declared.Optional.Order(StringComparer.Ordinal), rows.Where(r => r.Groups["absent"].Value.Trim().Length > 0).Select(r => r.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<name>\w+\.\w+)` \|[^|]*\|[^|]*\|(?<absent>[^|]*)\|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
