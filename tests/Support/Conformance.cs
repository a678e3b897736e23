using System.Text.Json;

namespace Sluice.Tests.Support;

/// <summary>The cases that others wrote, read where they lie: a folder `shared/conformance` beside one of the repository's parents.</summary>
public static class Conformance
{
    public const string Absent = "The conformance cases are not here (SLUICE_CONFORMANCE, or shared/conformance above the repository).";

    /// <summary>Null when there are none: then skip.</summary>
    public static string? Root { get; } = Environment.GetEnvironmentVariable("SLUICE_CONFORMANCE") is { Length: > 0 } given
        ? given
        : Repository.FindAbove(Path.Combine("shared", "conformance"));

    public static IReadOnlyList<PslCase> Psl() =>
        [.. Schemas("psl").Select(p => new PslCase(Name(p), p, ReadLint(Path.ChangeExtension(p, ".lint.json"))))];

    public static IReadOnlyList<SqlCase> PslToSql() =>
        [.. Schemas("psl-to-sql").Select(p => new SqlCase(Name(p), p, Read(Path.ChangeExtension(p, ".sql"))))];

    public static IReadOnlyList<SqlCase> SingleMigration() =>
        [.. Schemas("single-migration").Select(p => new SqlCase(Name(p), p, SqlInTrailingComments(Read(p))))];

    public static IReadOnlyList<StepsCase> MigrationSteps() =>
        [.. Folders("migration-steps").Select(f => new StepsCase(Path.GetFileName(f), f, ReadSteps(f)))];

    public static IReadOnlyList<ReformatCase> Reformat() =>
        [.. Schemas("reformat")
            .Where(p => !p.EndsWith(".reformatted.prisma", StringComparison.Ordinal))
            .Select(p => new ReformatCase(Name(p), p, Read(p), Read(Path.ChangeExtension(p, ".reformatted.prisma"))))];

    public static IReadOnlyList<IntrospectionCase> Introspection() =>
        [.. Directory.GetFiles(Folder("introspection"), "*.sql", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(p => ReadIntrospection(p))];

    public static IReadOnlyList<RealWorldCase> RealWorld() =>
        [.. Folders("real-world").Select(f => new RealWorldCase(
            Path.GetFileName(f),
            f,
            Directory.Exists(Path.Combine(f, "schema")) ? Path.Combine(f, "schema") : Path.Combine(f, "schema.prisma"),
            Path.Combine(f, "migrations"),
            Read(Path.Combine(f, "from-empty.prisma-engine.sql")),
            Read(Path.Combine(f, "drift.prisma-engine.sql"))))];

    /// <summary>The `.prisma` files of a path, which is one file or a folder of them.</summary>
    public static IReadOnlyList<string> SchemaFiles(string path) => File.Exists(path)
        ? [path]
        : [.. Directory.GetFiles(path, "*.prisma", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Line breaks as LF, nothing blank at the end of the text.</summary>
    public static string Normalise(string text) => text.ReplaceLineEndings("\n").TrimEnd();

    public static bool SameText(string left, string right) => Normalise(left) == Normalise(right);

    private static string Folder(string name) => Path.Combine(Root ?? throw new InvalidOperationException(Absent), name);

    private static IEnumerable<string> Schemas(string folder) =>
        Directory.GetFiles(Folder(folder), "*.prisma").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Folders(string folder) =>
        Directory.GetDirectories(Folder(folder)).Order(StringComparer.Ordinal);

    private static string Name(string path) => Path.GetFileNameWithoutExtension(path);

    private static string Read(string path) => File.ReadAllText(path);

    private static IReadOnlyList<LintEntry> ReadLint(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.EnumerateArray().Select(e => new LintEntry(
            e.GetProperty("start").GetInt32(),
            e.GetProperty("end").GetInt32(),
            e.GetProperty("text").GetString()!,
            e.GetProperty("is_warning").GetBoolean()))];
    }

    private static IReadOnlyList<StepCase> ReadSteps(string folder)
    {
        using var meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json")));
        return [.. meta.RootElement.GetProperty("steps").EnumerateArray().Select((step, i) =>
        {
            var stem = Path.Combine(folder, $"{i + 1:00}");
            return new StepCase(
                i + 1,
                stem + ".prisma",
                Read(stem + ".sql"),
                File.Exists(stem + ".from-db.sql") ? Read(stem + ".from-db.sql") : null,
                step.TryGetProperty("driftAfter", out var drift) ? drift.GetString() : null,
                step.TryGetProperty("applyError", out var error) ? error.GetString() : null);
        })];
    }

    private static IntrospectionCase ReadIntrospection(string path)
    {
        var text = Read(path);
        var comment = text.StartsWith("/*", StringComparison.Ordinal) ? 0 : text.LastIndexOf("\n/*", StringComparison.Ordinal) + 1;
        var end = text.LastIndexOf("*/", StringComparison.Ordinal);
        return new(Name(path), path, text[..comment], PreviousSchema(text[..comment]), text[(comment + 2)..end].Trim() + "\n");
    }

    private static string? PreviousSchema(string setUp)
    {
        const string head = "/* previous schema (re-introspection)\n";
        var start = setUp.IndexOf(head, StringComparison.Ordinal);
        return start < 0 ? null : setUp[(start + head.Length)..setUp.IndexOf("*/", start, StringComparison.Ordinal)];
    }

    private static string SqlInTrailingComments(string schema)
    {
        const string head = "// Expected Migration:\n";
        var start = schema.IndexOf(head, StringComparison.Ordinal);
        var lines = schema[(start + head.Length)..].Split('\n').Where(l => l.StartsWith("//", StringComparison.Ordinal));
        return string.Join('\n', lines.Select(l => l.Length > 3 ? l[3..] : ""));
    }
}
