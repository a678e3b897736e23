namespace Sluice.Postgres.Backfilling;

/// <summary>
/// How many rows a batch takes. Whoever writes a row that the batch has written waits for its COMMIT, and whoever commits, for the WAL that it
/// has written; so it is the time that is kept short, whatever the rows cost.
/// </summary>
/// <param name="target">How long the server should be at it: its way there and back, and its disk, cost few rows as much as many.</param>
/// <param name="most">Beyond, a batch that meets dear rows after cheap ones would take too long before it is known.</param>
public sealed class BackfillPace(int first, TimeSpan target, int most)
{
    /// <summary>How long a batch writes.</summary>
    public static readonly TimeSpan Writing = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a batch reads that only looks: nobody waits for it, but VACUUM must leave what it may still see.</summary>
    public static readonly TimeSpan Looking = TimeSpan.FromMilliseconds(50);

    public int Rows { get; private set; } = Math.Clamp(first, 1, most);

    /// <param name="others">Somebody was waiting for the batch when it was done.</param>
    public void Took(TimeSpan time, bool others)
    {
        var factor = time > TimeSpan.Zero ? Math.Clamp(target / time, 0.5, 2) : 2;
        Rows = Math.Clamp((int)(Rows * (others ? Math.Min(factor, 0.5) : factor)), 1, most);
    }

    /// <summary>Nothing is known of the rows that come.</summary>
    public void Double() => Rows = (int)Math.Clamp(2L * Rows, 1, most);

    /// <summary>Something in these rows is in the way; half of them are tried next.</summary>
    public void Halve(long rows) => Rows = (int)Math.Clamp(rows / 2, 1, most);
}
