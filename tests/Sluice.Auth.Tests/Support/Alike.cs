using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Sluice.Auth.Tests.Support;

/// <summary>
/// Whether time says no more than the answer. Cases take turns, so that what else the machine does meets all of them alike; what counts is the
/// median of each, and between two of them the median of the differences.
/// </summary>
internal static class Alike
{
    /// <summary>Once more where the machine was too busy to tell, and then it is said so. What is told apart beyond that noise fails at once.</summary>
    /// <param name="request">Asks for a case, by its place among them, in a turn that no other has.</param>
    public static async Task AlikeAsync(this ITestOutputHelper output, string[] cases, int rounds, Func<int, int, Task> request, Func<Task> prepare)
    {
        var seen = "";
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await prepare();
            var times = cases.Select(_ => new double[rounds]).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                // Each begins in turn: nobody is always behind the same.
                foreach (var which in Enumerable.Range(0, cases.Length).Select(i => (i + round) % cases.Length))
                {
                    var begun = Stopwatch.GetTimestamp();
                    await request(which, attempt * rounds + round);
                    times[which][round] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                }
            }

            var medians = times.Select(t => t.Order().ElementAt(rounds / 2)).ToArray();
            var allowed = Math.Max(3, medians.Min() * 0.05);
            seen = string.Join(", ", cases.Zip(medians, (c, m) => string.Create(CultureInfo.InvariantCulture, $"{c} {m:0.00} ms")));
            output.WriteLine(seen);
            if (medians.Max() - medians.Min() <= allowed)
            {
                return;
            }

            Assert.False(Pairs(cases.Length).Any(p => AreApart(times[p.One].Zip(times[p.Other], (x, y) => x - y), allowed)), "Time tells them apart: " + seen);
        }

        Assert.Skip("The machine is too busy to tell: " + seen);
    }

    // The sign test: whether the median of the differences lies beyond what is allowed, but for one chance in 100,000.
    private static bool AreApart(IEnumerable<double> differences, double allowed)
    {
        var sorted = differences.Order().ToArray();
        var reach = (int)Math.Ceiling(4.3 * Math.Sqrt(sorted.Length) / 2);
        return sorted[sorted.Length / 2 - reach] > allowed || sorted[sorted.Length / 2 + reach] < -allowed;
    }

    private static IEnumerable<(int One, int Other)> Pairs(int count) =>
        from one in Enumerable.Range(0, count) from other in Enumerable.Range(one + 1, count - one - 1) select (one, other);
}

/// <summary>What measures time runs when nothing else of this project does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
