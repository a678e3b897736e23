using System.Globalization;
using System.Text;
using Sluice.Lint.Rules;
using Sluice.Tests.House;
using Xunit;

namespace Sluice.Tests.Lint;

/// <summary>`docs/rules`, written from the rules; `SLUICE_ACCEPT=1` rewrites it.</summary>
public sealed class RulePageTests
{
    [Fact]
    public void Every_rule_has_a_page_that_says_what_the_rule_says()
    {
        var folder = Path.Combine(Repository.Root, "docs", "rules");
        var wanted = RuleBook.All.ToDictionary(r => r.Id + ".md", Page);
        wanted.Add("README.md", Overview());
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, text) in wanted)
            {
                File.WriteAllText(Path.Combine(folder, name), text);
            }
        }

        Assert.Equal(wanted.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(wanted, page => Assert.Equal(page.Value, File.ReadAllText(Path.Combine(folder, page.Key))));
    }

    private static string Page(Rule rule) => $"""
        # {rule.Id}: {rule.Title}

        {Word(rule.Level)}. {rule.Why}

        **Instead:** {rule.Instead}

        Found:

        ```sql
        {rule.Bad}
        ```

        Not found:

        ```sql
        {rule.Good}
        ```

        The examples stand on [this schema](README.md#the-examples). To allow it for one statement: `-- sluice: allow {rule.Id} because REASON`.

        """.ReplaceLineEndings("\n");

    private static string Overview()
    {
        var page = new StringBuilder("# Rules of `sluice migrate lint`\n\nWritten from the rules themselves; how to use them is in [lint.md](../lint.md).\n");
        foreach (var (letter, name) in RuleBook.Families)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {letter}: {name}\n\n| rule | level | what it finds |\n|---|---|---|\n");
            foreach (var rule in RuleBook.All.Where(r => r.Id[0] == letter))
            {
                page.Append(CultureInfo.InvariantCulture, $"| [{rule.Id}]({rule.Id}.md) | {Word(rule.Level).ToLowerInvariant()} | {rule.Title} |\n");
            }
        }

        return page.Append("\n## The examples\n\nThey stand on this schema, whose tables are filled and in use:\n\n```sql\n").Append(Examples.Schema).Append("\n```\n").ToString().ReplaceLineEndings("\n");
    }

    private static string Word(Level level) => level.ToString();
}
