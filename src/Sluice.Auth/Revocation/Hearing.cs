namespace Sluice.Auth.Revocation;

/// <summary>When each place that revocations come from could last be read.</summary>
/// <param name="patience">For how long what is in memory holds without; zero for ever, once there is something.</param>
internal sealed class Hearing(TimeSpan patience, bool needsDatabase, bool needsRedis)
{
    private const long NotNeeded = long.MaxValue;

    // In ticks of UTC; 0 is never.
    private long database = needsDatabase ? 0 : NotNeeded;
    private long redis = needsRedis ? 0 : NotNeeded;

    /// <summary>Whether something may have been revoked of which this node knows nothing, for longer than the host allows.</summary>
    public bool IsDeaf(DateTimeOffset now)
    {
        var oldest = Oldest;
        return oldest == 0 || (patience > TimeSpan.Zero && oldest != NotNeeded && now.UtcTicks - oldest > patience.Ticks);
    }

    /// <summary>For metrics.</summary>
    public TimeSpan Age(DateTimeOffset now) => Oldest switch
    {
        NotNeeded => TimeSpan.Zero,
        0 => TimeSpan.MaxValue,
        var oldest => TimeSpan.FromTicks(Math.Max(0, now.UtcTicks - oldest)),
    };

    public void HeardDatabase(DateTimeOffset now) => Hear(ref database, now);

    public void HeardRedis(DateTimeOffset now) => Hear(ref redis, now);

    private long Oldest => Math.Min(Volatile.Read(ref database), Volatile.Read(ref redis));

    private static void Hear(ref long heard, DateTimeOffset now)
    {
        if (Volatile.Read(ref heard) != NotNeeded)
        {
            Volatile.Write(ref heard, now.UtcTicks);
        }
    }
}
