using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>A script that Node runs, in a process of its own, until its input ends.</summary>
internal sealed class NodeProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder errors = new();

    private NodeProgram(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
    }

    public StreamWriter Input => process.StandardInput;

    public StreamReader Output => process.StandardOutput;

    /// <param name="folder">Of the script and of what <paramref name="installer"/> has put beside it.</param>
    public static NodeProgram Start(string folder, string installer, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules")), $"not installed: {installer}");
        return new NodeProgram(Process.Start(new ProcessStartInfo("node", arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!);
    }

    /// <summary>What it says first, once it serves.</summary>
    public async Task<JsonElement> ReadyAsync()
    {
        var line = Output.ReadLineAsync();
        await Task.WhenAny(line, Task.Delay(Wait.Patience));
        if (!line.IsCompletedSuccessfully || line.Result is null)
        {
            await FailAsync(line);
        }

        return JsonSerializer.Deserialize<JsonElement>((await line)!);
    }

    /// <summary>Ends it where it did not answer, and the test with what it said.</summary>
    /// <param name="reading">Of its answers.</param>
    public async Task FailAsync(Task reading)
    {
        var (used, state) = (process.HasExited ? TimeSpan.Zero : process.TotalProcessorTime, process.HasExited ? "has ended" : "does not answer");
        process.Kill();
        await process.WaitForExitAsync();
        Assert.Fail($"{Name} {state}, after {used} of processor time, with {process.ExitCode}: {Errors()} {reading.Exception}");
    }

    /// <summary>What it says to a text that is its whole input.</summary>
    public async Task<string> AnswerAsync(string question)
    {
        var answer = Output.ReadToEndAsync();
        await Input.WriteAsync(question);
        Input.Close();
        await process.WaitForExitAsync().WaitAsync(Wait.Patience);
        Assert.True(process.ExitCode == 0, $"{Name} ended with {process.ExitCode}: {Errors()}");
        return await answer;
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Wait.Patience);
        process.Dispose();
    }

    private string Name => string.Join(' ', process.StartInfo.ArgumentList);

    private void Hear(string? line)
    {
        lock (errors)
        {
            errors.AppendLine(line);
        }
    }

    private string Errors()
    {
        lock (errors)
        {
            return errors.ToString();
        }
    }
}
