using Sluice.CodeGen.EFCore;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Generation;

public sealed class GeneratedSnapshotTests
{
    /// <summary>So that the tests beside this one speak of what the generator writes today; and a change of it is read in review.</summary>
    [Theory]
    [InlineData("tests/Sluice.EntityFrameworkCore.Tests/Library", "Sluice.EntityFrameworkCore.Tests.Library", "LibraryContext")]
    [InlineData("bench/Bench/Shop", "Sluice.Bench.Shop", "ShopContext")]
    public void The_generated_code_of_a_schema_in_the_checkout_is_the_reviewed_one(string path, string space, string context)
    {
        var folder = Path.Combine(Repository.Root, path);
        var output = Path.Combine(folder, "Generated");
        var files = GeneratedCode.Of(
            [new SourceText("schema.prisma", File.ReadAllText(Path.Combine(folder, "schema.prisma")))],
            new GeneratorSettings(space, context));
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            foreach (var file in files)
            {
                File.WriteAllText(Path.Combine(output, file.Path), file.Text);
            }
        }

        Assert.Equal(files.Select(f => f.Path).Order(StringComparer.Ordinal), Directory.GetFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(f.Text, File.ReadAllText(Path.Combine(output, f.Path))));
    }
}
