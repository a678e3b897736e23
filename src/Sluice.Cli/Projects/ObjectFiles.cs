using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Cli.Projects;

/// <summary>
/// The SQL files of a schema: `schema.sql` beside it and all below `sql/`, or what `sql` in sluice.json names. Not a seed, not
/// a migration, and not the queries of Prisma's TypedSQL, which live in `sql/` too.
/// </summary>
internal static class ObjectFiles
{
    public static ImmutableArray<SourceText> Beside(Project project)
    {
        if (!Path.Exists(project.FoundSchemaPath))
        {
            return [];
        }

        var named = SluiceJson.Read(project.Folder).Sql;
        var found = named switch
        {
            "" => [],
            not null => In(Path.GetFullPath(named, project.Folder), named),
            _ => Usual(project),
        };
        var migrations = project.MigrationsPath + Path.DirectorySeparatorChar;
        return [.. found.Where(f => !f.StartsWith(migrations, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f => new SourceText(Paths.Show(f), File.ReadAllText(f)))];
    }

    private static IEnumerable<string> Usual(Project project)
    {
        var file = Path.Combine(project.SchemaFolder, "schema.sql");
        var folder = Path.Combine(project.SchemaFolder, "sql");
        var isTypedSql = project.Schema.Value.Generators.Items.Any(g => g.PreviewFeatures.Items.Contains("typedSql"));
        return (File.Exists(file) ? [file] : Enumerable.Empty<string>())
            .Concat(Directory.Exists(folder) && !isTypedSql ? Below(folder) : []);
    }

    private static IEnumerable<string> In(string path, string named) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Below(path)
        : throw new StopException($"There is no SQL file or folder at {Paths.Show(path)}.", null, $"sluice.json names it: \"sql\": \"{named}\".");

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "seed.sql");
}
