using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EventPlatform.Walk;

/// <summary>How long lists and draws take in a room with so many participants, and what the server holds in memory meanwhile. Prints a table.</summary>
internal static class Load
{
    private const int Readers = 4;
    private const int Reads = 1500;
    private const int Draws = 200;
    private const double Aim = 50;
    private const long AimOfMemory = 64L << 20;

    public static async Task MeasureAsync(string program, string fill, int rows)
    {
        await using var at = await Platform.StartAsync(program);
        var filled = await Filled.MakeAsync(at, fill, rows);
        // What is compiled once and what is opened once does not count.
        await ReadAsync(at, filled, rows, Reads / 3);
        await DrawAsync(at, filled, filled.Room, filled.Prize, Draws / 2, 1);
        await DrawAsync(at, filled, filled.Few, filled.FewPrize, 10, 1);

        var memory = new Memory(at.ProcessId);
        var before = memory.Now;
        (string What, IReadOnlyList<double> Times)[] measured =
        [
            ($"a page of 50 of {rows:#,0} participants, anywhere, {Readers} at a time", await ReadAsync(at, filled, rows, Reads)),
            ("a draw of one", await DrawAsync(at, filled, filled.Room, filled.Prize, Draws, 1)),
            ("a draw of ten", await DrawAsync(at, filled, filled.Room, filled.Prize, Draws, 10)),
            ("a draw of one where three hundred can win", await DrawAsync(at, filled, filled.Few, filled.FewPrize, Draws, 1)),
        ];
        var both = ReadAsync(at, filled, rows, 2 * Reads);
        var beside = await DrawAsync(at, filled, filled.Room, filled.Prize, Draws, 1);
        await both;
        measured = [.. measured, ($"a draw of one beside {Readers} readers", beside)];
        var highest = memory.Highest();

        Console.WriteLine($"| {rows:#,0} participants in a room | median, ms | p99, ms | longest, ms |\n|---|--:|--:|--:|");
        foreach (var (what, times) in measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {Quantile(times, 0.5):0.0} | {Quantile(times, 0.99):0.0} | {times[^1]:0.0} |"));
        }

        Console.WriteLine();
        foreach (var (what, times) in measured)
        {
            Met(Quantile(times, 0.99) <= Aim, string.Create(CultureInfo.InvariantCulture, $"{Quantile(times, 0.99):0.0} ms p99, {what} (aim: at most {Aim:0})"));
        }

        Met(highest - before <= AimOfMemory, $"the server's memory: {before >> 20} MiB before, at most {highest >> 20} meanwhile, {memory.Now >> 20} after (aim: at most {AimOfMemory >> 20} more)");
    }

    private static void Met(bool isMet, string what) => Console.WriteLine($"- {(isMet ? "met" : "**not met**")}: {what}");

    private static async Task<IReadOnlyList<double>> ReadAsync(Platform at, Filled filled, int rows, int count)
    {
        var (times, left) = (new ConcurrentBag<double>(), count);
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(async reader =>
        {
            // The same pages each time, and other ones for each reader.
            var random = new Random(reader);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var started = Stopwatch.GetTimestamp();
                (await filled.Owner.GetAsync(at, $"/rooms/{filled.Room}/participants?limit=50&after={Filled.Id(random.Next(rows))}")).Is(200, "a page");
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }));
        return [.. times.Order()];
    }

    private static async Task<IReadOnlyList<double>> DrawAsync(Platform at, Filled filled, string room, string prize, int times, int count)
    {
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var drawn = (await filled.Owner.PostAsync(at, $"/rooms/{room}/prizes/{prize}/draw", new { count })).Is(200, "a draw");
            took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (drawn.Json!["winners"]!.AsArray().Count != count)
            {
                throw new Unexpected($"a draw of {count}: {drawn.Text}");
            }
        }

        return [.. took.Order()];
    }

    private static double Quantile(IReadOnlyList<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    /// <summary>What the kernel says of a process.</summary>
    private sealed class Memory(int process)
    {
        public long Now => Line("VmRSS:");

        public long Highest() => Line("VmHWM:");

        private long Line(string name) =>
            1024 * long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
