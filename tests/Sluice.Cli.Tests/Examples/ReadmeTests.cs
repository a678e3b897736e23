using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sluice.Cli.Tests.Examples;

/// <summary>What a README tells to type works as it stands there, line by line, in a copy of its folder and on a private server.</summary>
public sealed partial class ReadmeTests(PrivateServer server) : IClassFixture<PrivateServer>
{
    // By whom else what does not end, or is built, is tried.
    private static readonly (string Begins, string TriedBy)[] Elsewhere =
    [
        ("./run", "./run --check, of which the example is ExampleCheckTests'"), ("./test", "itself"), ("./check", "ExampleCheckTests"),
        ("curl ", "Browser.Tests' ReadmeTests, and the examples' walks"), ("dotnet run --project ", "the examples' walks, which start what it builds"),
        ("dotnet build ", "examples/github-login/check"), ("service allowlist ", "examples/github-login/check"), ("DATABASE_URL=postgresql://af_auth_app:", "examples/github-login/check"),
        ("cp -r service/migrations/* migrations/ && service schema print", "examples/github-login/check"),
        ("../../sluice db seed             # seed/, a C# program", "examples/event-platform/check: it is built where it is"),
    ];

    // What is not done with 0: `test` and `status` say that something is pending.
    private static readonly string[] Attention = ["../../sluice test ", "../../sluice status ", "../../sluice monitor "];

    [Theory]
    [InlineData("."), InlineData("attempts-and-idempotency"), InlineData("auth-service"), InlineData("event-platform"), InlineData("github-login"), InlineData("schema-drift")]
    public async Task Each_command_works_as_it_stands(string name)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "no `script` program to make a terminal with");
        var (folder, readme) = Copy(name, Directory.CreateDirectory(Path.Combine(server.Folder, name == "." ? "checkout" : name)).FullName);
        var wrong = await RunAsync(folder, Script(readme));
        Assert.True(wrong.Length == 0, wrong);
    }

    [Fact]
    public void Every_README_of_an_example_is_tried() => Assert.Equal(
        Example.Names.Append(".").Order(StringComparer.Ordinal),
        typeof(ReadmeTests).GetMethod(nameof(Each_command_works_as_it_stands))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Select(d => (string)((InlineDataAttribute)d).Data[0]!).Order(StringComparer.Ordinal));

    // The checkout's tool where it is in the checkout, and of the example what is kept of it.
    private static (string Folder, string Readme) Copy(string name, string top)
    {
        File.CreateSymbolicLink(Path.Combine(top, "sluice"), Path.Combine(Repository.Root, "sluice"));
        if (name == ".")
        {
            return (top, File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
        }

        var (from, to) = (Path.Combine(Repository.Root, "examples", name), Path.Combine(top, "examples", name));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(from, f)).Where(f => !Left().IsMatch(f)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, file))!);
            File.Copy(Path.Combine(from, file), Path.Combine(to, file));
        }

        return (to, File.ReadAllText(Path.Combine(from, "README.md")));
    }

    /// <summary>One shell for all of its lines, as a person has; `wrong` is said of a line that does not end as it should, or does not say what its comment promises.</summary>
    private static string Script(string readme)
    {
        var script = new List<string> { "set -o pipefail", "asked() { script -qefc \"$1\" /dev/null; }" };
        var tried = 0;
        foreach (Match block in Block().Matches(readme))
        {
            var (language, text) = (block.Groups[1].Value, block.Groups[2].Value);
            if (language == "prisma")
            {
                script.Add($"cat >>schema.prisma <<'PRISMA'\n{text}PRISMA");
            }

            // What a command prints is no command.
            foreach (var line in language.Length > 0 || !Command().IsMatch(text) ? [] : text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Elsewhere.Any(e => line.StartsWith(e.Begins, StringComparison.Ordinal)))
                {
                    continue;
                }

                tried++;
                var command = line.Split(" # ")[0].TrimEnd();
                var typed = line.Contains("after asking", StringComparison.Ordinal) || command.Contains(" restore ", StringComparison.Ordinal)
                    ? $"asked '{command.Replace("FILE", "'$(ls backups/*.dump | tail -n 1)'", StringComparison.Ordinal)}' <<< y" : command;
                var passes = Attention.Any(a => line.StartsWith(a, StringComparison.Ordinal)) ? "[ $? -le 1 ]" : "false";
                // Not in a shell of its own: what it exports stays.
                script.Add($"{{ {typed}; }} >said 2>&1 || {passes} || {{ echo 'wrong: {Quoted(line)}'; cat said; }}");
                if (Promise().Match(line) is { Success: true } promise)
                {
                    script.Add($"grep -qF '{promise.Value}' said || {{ echo 'wrong: {Quoted(line)}'; cat said; }}");
                }

                if (command == "cp .env.example .env")
                {
                    // "and edit it": where the server is that everybody has of his own.
                    script.Add("export DATABASE_URL=$(../../sluice db start --database \"$(basename \"$PWD\")\" --print-url)");
                }
            }
        }

        Assert.True(tried > 2, $"{tried} commands");
        return string.Join('\n', script);
    }

    private static string Quoted(string text) => text.Replace("'", "'\\''", StringComparison.Ordinal);

    private static async Task<string> RunAsync(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        Tool.Prepare(start, new Dictionary<string, string> { ["TERM"] = "xterm" });
        start.Environment.Remove("CI");
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return said;
    }

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(\.\.?/|curl |export |cp |dotnet )")]
    private static partial Regex Command();

    [GeneratedRegex("Database schema is up to date!")]
    private static partial Regex Promise();

    // What others made there.
    [GeneratedRegex(@"(^|/)(bin|obj|node_modules|logs|backups|page|\.sluice)/|^\.env$")]
    private static partial Regex Left();
}

/// <summary>A folder whose private server is that of all folders below it.</summary>
public sealed class PrivateServer : IAsyncLifetime
{
    private readonly Workspace work = new();

    public string Folder => work.Folder;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(Folder, ".sluice"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await work.RunAsync("db", "stop");
        work.Dispose();
    }
}
