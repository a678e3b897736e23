namespace Sluice.Auth.Redis;

/// <summary>How long to wait before the next try: twice as long each time, and not the same on every node.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private const int Doublings = 6;

    private int failures;

    public TimeSpan Next() => First * (1 << Math.Min(failures++, Doublings)) * (0.5 + (Random.Shared.NextDouble() / 2));

    public void Reset() => failures = 0;
}
