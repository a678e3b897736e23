namespace Sluice.Cli.Projects;

/// <summary>What `prisma.config.ts` says, as far as it stands there as plain text.</summary>
internal sealed record PrismaConfig(string Path, string? Schema, string? MigrationsPath, string? Seed, ConfigText? Url, ConfigText? ShadowUrl)
{
    private static readonly string[] Names =
        [.. from stem in new[] { "prisma.config", ".config/prisma" } from end in new[] { "ts", "mts", "cts", "js", "mjs", "cjs" } select $"{stem}.{end}"];

    public static PrismaConfig? Find(string folder) =>
        Names.Select(n => System.IO.Path.Combine(folder, n)).FirstOrDefault(File.Exists) is { } path
            ? Read(path, File.ReadAllText(path))
            : null;

    public static PrismaConfig Read(string path, string text)
    {
        var values = ConfigScanner.Scan(text);
        return new PrismaConfig(
            path,
            Literal("schema"),
            Literal("migrations.path"),
            Literal("migrations.seed"),
            values.GetValueOrDefault("datasource.url"),
            values.GetValueOrDefault("datasource.shadowDatabaseUrl"));

        string? Literal(string key) => values.GetValueOrDefault(key)?.Literal;
    }
}

/// <summary>A literal, or the name of an environment variable.</summary>
internal sealed record ConfigText(string? Literal, string? Variable)
{
    public string? Resolve(Variables variables) => Literal ?? variables[Variable!];
}
