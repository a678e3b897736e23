using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Postgres.Connecting;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Migrations;

/// <param name="ExitCode">Null while it runs.</param>
internal sealed record DeployLog(ImmutableArray<string> Lines, int? ExitCode);

/// <summary>`migrate deploy` as the page started it: one at a time, and what it says as it says it.</summary>
internal sealed class DeployRun(ToolProgram tool, DatabaseAddress shown) : IAsyncDisposable
{
    private readonly Lock turn = new();
    private DeployLog? log;
    private Process? process;
    private Task end = Task.CompletedTask;

    /// <summary>Null before the first.</summary>
    public DeployLog? Log
    {
        get
        {
            lock (turn)
            {
                return log;
            }
        }
    }

    /// <exception cref="RefusedException">One is running.</exception>
    public void Start()
    {
        lock (turn)
        {
            if (log is { ExitCode: null })
            {
                throw new RefusedException(409, "A run that this page started is not over yet.");
            }

            process?.Dispose();
            process = ToolRun.Start(tool, shown, "migrate", "deploy", "--yes");
            log = new DeployLog([], null);
            process.EnableRaisingEvents = true;
            process.OutputDataReceived += (_, e) => Add(e.Data);
            process.ErrorDataReceived += (_, e) => Add(e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            end = EndAsync(process);
        }
    }

    /// <summary>Waits for a run at work: it would lose whom it talks to, in the middle. Ctrl-C reaches it by the terminal, and asks it to stop as well.</summary>
    public async ValueTask DisposeAsync()
    {
        await end;
        process?.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lock (turn)
            {
                log = log! with { Lines = log.Lines.Add(line) };
            }
        }
    }

    private async Task EndAsync(Process running)
    {
        await running.WaitForExitAsync();
        lock (turn)
        {
            log = log! with { ExitCode = running.ExitCode };
        }
    }
}
