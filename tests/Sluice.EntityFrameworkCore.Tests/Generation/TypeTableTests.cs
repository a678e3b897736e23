using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

public sealed partial class TypeTableTests
{
    [Fact]
    public void The_table_of_types_in_the_documentation_is_what_is_generated()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "generate.md"));
        var rows = Row().Matches(page[page.IndexOf("## Types", StringComparison.Ordinal)..page.IndexOf("## Behaviour", StringComparison.Ordinal)]);
        Assert.True(rows.Count > 25, $"{rows.Count} rows");
        Assert.All(rows, row =>
        {
            var field = row.Groups["schema"].Value;
            var optional = field.StartsWith("Unsupported", StringComparison.Ordinal) ? "?" : "";
            var code = GeneratedCode.Of($$"""
                generator client {
                  provider        = "prisma-client"
                  previewFeatures = ["postgresqlExtensions"]
                }

                datasource db {
                  provider   = "postgresql"
                  url        = env("DATABASE_URL")
                  extensions = [citext]
                }

                model Row {
                  id    Int @id
                  value {{field}}{{optional}}
                }
                """).Single(f => f.Path == "Row.cs").Text;
            Assert.Contains($"public {row.Groups["clr"].Value}{optional} Value {{ get; set; }}", code, StringComparison.Ordinal);
            Assert.Contains($".HasColumnName(\"value\")\n            .HasColumnType(\"{row.Groups["store"].Value}\")", code, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex(@"^\| `(?<schema>[^`]+)` \| `(?<clr>[^`]+)` \| `(?<store>[^`]+)` \|$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
