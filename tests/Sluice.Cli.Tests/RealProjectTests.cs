namespace Sluice.Cli.Tests;

public sealed class RealProjectTests
{
    public static TheoryData<string> Applications() =>
        Conformance.Root is null ? [""] : [.. Conformance.RealWorld().Select(c => c.Name)];

    /// <summary>A project that only ever knew Prisma works unchanged; what the schema lacks is what Prisma's engine says it lacks.</summary>
    [Theory]
    [MemberData(nameof(Applications))]
    public async Task An_existing_project_works_unchanged(string name)
    {
        Assert.SkipWhen(name.Length == 0, Conformance.Absent);
        var source = Path.Combine(Conformance.Root!, "real-world", name);
        await using var work = await LiveWorkspace.CreateAsync();
        Copy(source, work.Folder);
        foreach (var variable in new[] { "DIRECT_URL", "DATABASE_DIRECT_URL", "DIRECT_DATABASE_URL" })
        {
            work.Environment[variable] = work.Database.Url;
        }

        (await work.RunAsync("migrate", "deploy")).Ends(0).Says("All migrations have been successfully applied.");
        (await work.RunAsync("migrate", "status")).Ends(0).Says("Database schema is up to date!");
        (await work.RunAsync("migrate", "deploy")).Ends(0).Says("No pending migrations to apply.");
        var drift = await File.ReadAllTextAsync(Path.Combine(source, "drift.prisma-engine.sql"), TestContext.Current.CancellationToken);
        if (drift.Trim().Length == 0)
        {
            (await work.RunAsync("migrate", "dev")).Ends(0).Says("Already in sync, no schema change or pending migration was found.");
            return;
        }

        (await work.RunAsync("migrate", "dev", "--name", "remainder", "--create-only")).Ends(0);
        var created = work[$"migrations/{work.Migrations.Order(StringComparer.Ordinal).Single(m => m.EndsWith("_remainder", StringComparison.Ordinal))}/migration.sql"];
        Assert.Equal(WithoutOperatorClasses(Statements(drift)), Statements(created));
    }

    // Prisma takes `ops: raw("text_pattern_ops")` for a difference for ever; it is none.
    private static IEnumerable<string> WithoutOperatorClasses(IEnumerable<string> statements)
    {
        var all = statements.ToList();
        var indexes = all.Where(s => s.Contains("_pattern_ops", StringComparison.Ordinal)).Select(s => s.Split('"')[1]).ToList();
        return all.Where(s => !indexes.Exists(i => s.Contains($"\"{i}\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Statements(string script) =>
        script[(script.IndexOf("*/", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : 0)..]
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
