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

    /// <summary>Where new statements of a group go: `sql/views.sql`, or the one file that a project has. Null where it wants none.</summary>
    public static Func<string, string>? Place(Project project)
    {
        var named = SluiceJson.Read(project.Folder).Sql;
        if (named is "")
        {
            return null;
        }

        var beside = project.FoundSchemaPath is null ? project.Folder : project.SchemaFolder;
        var (file, folder) = (Path.Combine(beside, "schema.sql"), Path.GetFullPath(named ?? Path.Combine(beside, "sql"), project.Folder));
        var only = named is not null ? File.Exists(folder) ? folder : null
            : HoldsTypedSql(project) || (File.Exists(file) && !Directory.Exists(folder)) ? file
            : null;
        return group => Paths.Show(only ?? Path.Combine(folder, group + ".sql"));
    }

    private static IEnumerable<string> Usual(Project project)
    {
        var file = Path.Combine(project.SchemaFolder, "schema.sql");
        var folder = Path.Combine(project.SchemaFolder, "sql");
        return (File.Exists(file) ? [file] : Enumerable.Empty<string>())
            .Concat(Directory.Exists(folder) && !HoldsTypedSql(project) ? Below(folder) : []);
    }

    private static bool HoldsTypedSql(Project project) =>
        Path.Exists(project.FoundSchemaPath) && project.Schema.Value.Generators.Items.Any(g => g.PreviewFeatures.Items.Contains("typedSql"));

    private static IEnumerable<string> In(string path, string named) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Below(path)
        : throw new StopException($"There is no SQL file or folder at {Paths.Show(path)}.", null, $"sluice.json names it: \"sql\": \"{named}\".");

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*.sql", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "seed.sql");
}
