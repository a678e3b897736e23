using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench.Auth;

/// <summary>What one run of wrk found.</summary>
/// <param name="Processor">Of the server, per request, in microseconds.</param>
/// <param name="Database">Of PostgreSQL, per request, in microseconds.</param>
internal sealed record Load(double PerSecond, double Processor, double Database, TimeSpan Median, TimeSpan P99)
{
    private const double Tick = 10_000;
    private const int MostWarming = 20;

    // What a server uses while nobody asks, and for how long it is looked at.
    private static readonly TimeSpan Silent = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Looked = TimeSpan.FromMilliseconds(500);

    public static async Task<Load> RunAsync(Field field, Server server, string script, int connections, int threads, TimeSpan time, params (string Name, string Value)[] variables)
    {
        var (processor, database) = (server.Processor, field.DatabaseProcessor);
        var said = await WarmAsync(server, script, connections, threads, time, variables);
        (processor, database) = (server.Processor - processor, field.DatabaseProcessor - database);
        var result = said.Split('\n').SingleOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))?.Split(' ').Skip(1).Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
        return result is [> 0 and var requests, var duration, 0, var median, var p99]
            ? new Load(requests / duration * 1e6, processor.TotalMicroseconds / requests, database.TotalMicroseconds / requests, TimeSpan.FromMicroseconds(median), TimeSpan.FromMicroseconds(p99))
            : throw new InvalidOperationException($"{server.Design}, {script}: not every request was answered with success\n{said}");
    }

    /// <summary>The same without measuring: a cold server may need longer than the time for its first answer.</summary>
    public static async Task<string> WarmAsync(Server server, string script, int connections, int threads, TimeSpan time, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("wrk", [
            "-t", threads.ToString(CultureInfo.InvariantCulture), "-c", connections.ToString(CultureInfo.InvariantCulture),
            "-d", $"{Math.Max(1, (int)time.TotalSeconds)}s", "-s", Path.Combine(AppContext.BaseDirectory, script), server.Address.ToString(),
        ]) { RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var wrk = Process.Start(start)!;
        var said = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return said;
    }

    /// <summary>Asks until the server has nothing left to compile: it does so on a thread of its own that may lag behind by a minute, and that is not the cost of a request.</summary>
    public static async Task SettleAsync(Server server, Func<Task> everything)
    {
        var isSilent = false;
        for (var round = 0; round < MostWarming && !isSilent; round++)
        {
            await everything();
            isSilent = true;
            for (var before = server.Processor; await StillAsync(server) - before > Silent; before = server.Processor)
            {
                isSilent = false;
            }
        }

        if (!isSilent)
        {
            await Console.Error.WriteLineAsync($"{server.Design}: still at work by itself after {MostWarming} rounds, and what is measured has that in it");
        }
    }

    private static async Task<TimeSpan> StillAsync(Server server)
    {
        await Task.Delay(Looked);
        return server.Processor;
    }

    /// <summary>User and system time of a process, to a hundredth of a second.</summary>
    public static TimeSpan ProcessorOf(int process) => ProcessorOf($"/proc/{process.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Of its threads of one name, which are there all the while.</summary>
    public static TimeSpan ProcessorOf(int process, string thread) => Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task")
        .Where(t => File.Exists($"{t}/comm") && File.ReadAllText($"{t}/comm").Trim() == thread)
        .Aggregate(TimeSpan.Zero, (sum, t) => sum + ProcessorOf(t));

    private static TimeSpan ProcessorOf(string folder)
    {
        // After the name in brackets, which may hold anything: state is field 3, utime 14, stime 15.
        var fields = File.ReadAllText($"{folder}/stat").Split(')')[^1].Split(' ');
        return TimeSpan.FromMicroseconds((long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture)) * Tick);
    }

    /// <summary>Those whose parent it is.</summary>
    public static IEnumerable<int> ChildrenOf(int process)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var child) && ParentOf(child) == process)
            {
                yield return child;
            }
        }
    }

    private static int ParentOf(int process)
    {
        try
        {
            return int.Parse(File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat").Split(')')[^1].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended since.
            return 0;
        }
    }
}
