using Sluice.CodeGen.EFCore;
using Sluice.EntityFrameworkCore.Tests.Generation;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.EntityFrameworkCore.Tests.Library;

public sealed class LibrarySnapshotTests
{
    /// <summary>So that the tests beside this one speak of what the generator writes today; and a change of it is read in review.</summary>
    [Fact]
    public void The_generated_code_of_the_library_is_the_reviewed_one()
    {
        var folder = Path.Combine(Repository.Root, "tests/Sluice.EntityFrameworkCore.Tests/Library");
        var output = Path.Combine(folder, "Generated");
        var files = GeneratedCode.Of(
            [new SourceText("schema.prisma", File.ReadAllText(Path.Combine(folder, "schema.prisma")))],
            new GeneratorSettings("Sluice.EntityFrameworkCore.Tests.Library", "LibraryContext"));
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
