namespace Sluice.Cli.Projects;

/// <summary>Where the schema is when nobody says.</summary>
internal static class SchemaLookup
{
    private static readonly string[] Files = ["schema.prisma", "prisma/schema.prisma"];

    private static readonly string[] Folders = ["prisma/schema", "prisma", "schema"];

    public static string? Find(string folder, string? option, PrismaConfig? config, PackageJson package)
    {
        if ((option ?? config?.Schema ?? package.Schema) is { } named)
        {
            return Path.GetFullPath(named, folder);
        }

        var file = Files.Select(f => Path.Combine(folder, f)).FirstOrDefault(File.Exists);
        return file ?? Folders
            .Select(f => Path.Combine(folder, f))
            .FirstOrDefault(f => Directory.Exists(f) && Directory.EnumerateFiles(f, "*.prisma", SearchOption.AllDirectories).Any());
    }

    /// <summary>The migrations folder beside a schema.</summary>
    public static string MigrationsBeside(string schema)
    {
        if (!Directory.Exists(schema))
        {
            return Path.Combine(Path.GetDirectoryName(schema)!, "migrations");
        }

        var inside = Path.Combine(schema, "migrations");
        var beside = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(schema))!, "migrations");
        return !Directory.Exists(inside) && Directory.Exists(beside) ? beside : inside;
    }

    public static StopException NotFound() => new(
        "No schema was found.",
        "P1012",
        "Looked for schema.prisma, prisma/schema.prisma, prisma/schema/ and prisma/, and in package.json and prisma.config.ts.",
        "Name it with `--schema PATH`, or begin with `sluice init`.");
}
