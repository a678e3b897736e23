using System.Diagnostics;

namespace Sluice.Cli.Tests.Examples;

/// <summary>One of the folders below `examples/`.</summary>
internal sealed record Example(string Name)
{
    public static readonly string[] Names = ["event-platform", "attempts-and-idempotency", "schema-drift", "github-login", "auth-service"];

    /// <summary>All but the one whose migrations are written by hand.</summary>
    public static IEnumerable<string> WithSchema => Names.Where(n => n != "auth-service");

    public string Folder { get; } = Path.Combine(Repository.Root, "examples", Name);

    public string Schema => Path.Combine(Folder, "schema.prisma");

    public string Migrations => Path.Combine(Folder, "migrations");

    public string Text(string path) => File.ReadAllText(Path.Combine(Folder, path));

    /// <summary>Runs the example's own script, as a user does.</summary>
    public async Task<ToolRun> CheckAsync(string? databaseUrl, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(Path.Combine(Folder, "check")) { WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DATABASE_URL");
        start.Environment["SLUICE"] = Tool.Program;
        if (databaseUrl is not null)
        {
            start.Environment["DATABASE_URL"] = databaseUrl;
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolRun($"examples/{Name}/check", process.ExitCode, await output, await error);
    }
}
