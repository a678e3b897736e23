using System.Diagnostics;

namespace Sluice.Tests.Support;

/// <summary>For what comes soon, but not at once.</summary>
public static class Wait
{
    /// <summary>Long enough for a slow machine that has much else to do; what never comes fails the test that waits, by name.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    /// <param name="otherwise">What is the matter when it does not come.</param>
    public static Task UntilAsync(Func<bool> holds, string otherwise) => UntilAsync(() => Task.FromResult(holds()), otherwise);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static Task UntilAsync(Func<Task<bool>> holds, string otherwise, TimeSpan? pause = null) => UntilAsync(holds, () => otherwise, pause);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise, TimeSpan? pause = null)
    {
        ArgumentNullException.ThrowIfNull(holds);
        ArgumentNullException.ThrowIfNull(otherwise);
        for (var since = Stopwatch.GetTimestamp(); !await holds(); await Task.Delay(pause ?? TimeSpan.FromMilliseconds(20)))
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                throw new TimeoutException($"Waited for {Patience.TotalSeconds} s: {otherwise()}.");
            }
        }
    }
}
