using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Cli.Tests;

/// <summary>
/// A process that runs one command of the tool after another: starting the tool and compiling it anew costs more than most commands. Two commands at once
/// are in two processes, as ever.
/// </summary>
internal sealed class Resident
{
    // As many as there are tests at a time, and one more.
    private static readonly int Most = Environment.ProcessorCount + 1;

    private static readonly ConcurrentBag<Resident> Idle = [];
    private static int count;

    private readonly Process process;

    private Resident()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ResidentProgram.Option) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Tool.Prepare(start, new Dictionary<string, string>());
        process = Process.Start(start)!;
    }

    /// <summary>Null where all residents are at work.</summary>
    public static async Task<ResidentResult?> RunAsync(ResidentOrder order)
    {
        if (!Idle.TryTake(out var resident))
        {
            if (Interlocked.Increment(ref count) > Most)
            {
                Interlocked.Decrement(ref count);
                return null;
            }

            resident = new Resident();
        }

        // Whom a test gave up does not come back.
        var result = await resident.AskAsync(order, TestContext.Current.CancellationToken);
        Idle.Add(resident);
        return result;
    }

    // It ends when its input does, which is with this process or here.
    private async Task<ResidentResult> AskAsync(ResidentOrder order, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order).AsMemory(), stop);
            await process.StandardInput.FlushAsync(stop);
            var line = await process.StandardOutput.ReadLineAsync(stop);
            return JsonSerializer.Deserialize<ResidentResult>(line ?? throw new InvalidOperationException($"The tool's process ended at: {string.Join(' ', order.Arguments)}"))!;
        }
        catch
        {
            Interlocked.Decrement(ref count);
            process.Kill();
            process.Dispose();
            throw;
        }
    }
}
