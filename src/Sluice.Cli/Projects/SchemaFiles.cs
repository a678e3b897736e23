using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Cli.Projects;

/// <summary>A schema on disk: one file, or every `.prisma` file of a folder, in ordinal order of path.</summary>
internal static class SchemaFiles
{
    public static ImmutableArray<string> In(string path) =>
        Directory.Exists(path)
            ? [.. Directory.EnumerateFiles(path, "*.prisma", SearchOption.AllDirectories)
                .Where(f => !f.Contains("/node_modules/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)]
            : [path];

    public static void RequireExists(string path)
    {
        if (!Path.Exists(path))
        {
            throw new StopException($"There is no schema at {Paths.Show(path)}.", "P1012");
        }
    }

    public static ImmutableArray<SourceText> Read(string path)
    {
        RequireExists(path);
        var files = In(path);
        return files.IsEmpty
            ? throw new StopException($"The folder {Paths.Show(path)} holds no .prisma file.", "P1012")
            : [.. files.Select(Text)];
    }

    /// <summary>For whom a schema that is gone is none.</summary>
    public static ImmutableArray<SourceText> ReadIfAny(string path) => Path.Exists(path) ? [.. In(path).Select(Text)] : [];

    private static SourceText Text(string file) => new(Paths.Show(file), File.ReadAllText(file));
}
