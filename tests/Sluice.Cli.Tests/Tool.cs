using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>What a run of the tool left.</summary>
internal sealed record ToolRun(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>The last object on stdout.</summary>
    public JsonElement Json => JsonDocument.Parse(Output.TrimEnd().Split('\n')[^1]).RootElement;

    public ToolRun Ends(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"expected exit code {exitCode}:\n{this}");
        return this;
    }

    public ToolRun Says(params string[] texts)
    {
        Assert.All(texts, t => Assert.True(Output.Contains(t, StringComparison.Ordinal), $"stdout lacks: {t}\n{this}"));
        return this;
    }

    public ToolRun Warns(params string[] texts)
    {
        Assert.All(texts, t => Assert.True(Error.Contains(t, StringComparison.Ordinal), $"stderr lacks: {t}\n{this}"));
        return this;
    }

    public override string ToString() => $"$ {CommandLine}\n→ {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

/// <summary>Runs the tool: the published one as a user does where the process matters, by a <see cref="Resident"/> where it does not.</summary>
internal static class Tool
{
    private static readonly Lazy<string> Published = new(Publish);

    /// <summary>The published program. `./sluice` would ask each time whether sources changed.</summary>
    public static string Program => Published.Value;

    // What the machine's own environment says must not leak into a test.
    private static readonly string[] Foreign =
        ["DATABASE_URL", "DIRECT_URL", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_SSL_MODE", "NODE_ENV", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "NO_COLOR", "SLUICE_STATE"];

    public static Process Start(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) =>
        Start(Program, folder, environment, arguments);

    public static Task<ToolRun> InShellAsync(string folder, IReadOnlyDictionary<string, string> environment, string commandLine) =>
        RunAsync(Start("/bin/sh", folder, environment, "-c", $"{Program} {commandLine}"), null, commandLine);

    /// <summary>A script that is told by SLUICE how to start the tool.</summary>
    public static Task<ToolRun> ScriptAsync(string folder, IReadOnlyDictionary<string, string> environment, string path) =>
        RunAsync(Start(path, folder, new Dictionary<string, string>(environment) { ["SLUICE"] = Program }), null, path);

    private static Process Start(string program, string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Prepare(start, environment);
        return Process.Start(start)!;
    }

    public static async Task<ToolRun> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, string? input, params IEnumerable<string> arguments)
    {
        var words = arguments.ToList();
        return await Resident.RunAsync(new ResidentOrder(folder, environment, input, words)) is { } done
            ? new ToolRun($"sluice {string.Join(' ', words)}", done.ExitCode, done.Output, done.Error)
            : await RunPublishedAsync(folder, environment, input, words);
    }

    public static Task<ToolRun> RunPublishedAsync(string folder, IReadOnlyDictionary<string, string> environment, string? input, params IEnumerable<string> arguments) =>
        RunAsync(Start(folder, environment, arguments), input, string.Join(' ', arguments));

    private static async Task<ToolRun> RunAsync(Process started, string? input, string commandLine)
    {
        using var process = started;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolRun($"sluice {commandLine}", process.ExitCode, await output, await error);
    }

    /// <summary>Runs it on a terminal of its own, the answers typed in; stdout and stderr come as one text.</summary>
    /// <param name="record">A file to which it is written as it comes.</param>
    public static async Task<ToolRun> OnTerminalAsync(string folder, IReadOnlyDictionary<string, string> environment, string answers, string commandLine, string record = "/dev/null")
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "no `script` program to make a terminal with");
        var start = new ProcessStartInfo("/usr/bin/script") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { "-qefc", $"stty -echo; {Program} {commandLine}", record })
        {
            start.ArgumentList.Add(argument);
        }

        Prepare(start, environment);
        start.Environment.Remove("CI");
        start.Environment["TERM"] = "xterm";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(answers);
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolRun($"sluice {commandLine}", process.ExitCode, output, "");
    }

    /// <summary>What it says on stderr, line by line, up to the one with the text; all of it where there is none.</summary>
    public static async Task<string> SaidAsync(Process process, string text)
    {
        var said = "";
        while (!said.Contains(text, StringComparison.Ordinal) && await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said += line + "\n";
        }

        return said;
    }

    /// <summary>Waits until it has ended; of stderr there is what was not read before.</summary>
    public static async Task<ToolRun> EndAsync(Process process, Task<string> output)
    {
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolRun("sluice", process.ExitCode, await output, error);
    }

    /// <summary>Takes out of the environment what the machine says, and puts in what the test says.</summary>
    public static void Prepare(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var name in Foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
    }

    // The script publishes when sources changed; after that the program itself is started, to save the check.
    private static string Publish()
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "sluice"), "--version") { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return Path.Combine(Repository.Root, "artifacts", "sluice", "sluice");
    }
}
