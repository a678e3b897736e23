using Sluice.Catalog;

namespace Sluice.Tests.Support;

/// <summary>A folder of tests/Cases: a schema before, a schema after, and beside them what each stage makes of the two.</summary>
public sealed record MigrationCase(string Name, string Folder)
{
    public static IReadOnlyList<MigrationCase> All { get; } =
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "Cases"))
            .Where(d => File.Exists(Path.Combine(d, "before.prisma")))
            .Order(StringComparer.Ordinal)
            .Select(d => new MigrationCase(Path.GetFileName(d), d))];

    public Database Before() => SchemaFile.Catalog(Path.Combine(Folder, "before.prisma"));

    public Database After() => SchemaFile.Catalog(Path.Combine(Folder, "after.prisma"));

    /// <summary>The text of a file of the case; with SLUICE_ACCEPT=1 the file is first written anew, and the git diff is the review.</summary>
    public string Expected(string file, string actual)
    {
        var path = Path.Combine(Folder, file);
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            File.WriteAllText(path, actual);
        }

        return File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
    }

    public override string ToString() => Name;
}
