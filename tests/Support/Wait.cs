using System.Diagnostics;

namespace Sluice.Tests.Support;

/// <summary>For what comes soon, but not at once.</summary>
public static class Wait
{
    // Long enough for a busy machine; what never comes fails the test that waits, by name.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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
