namespace Sluice.Postgres.Backfilling;

/// <summary>
/// How many rows a batch takes. Whoever writes a row that the batch has written waits for its COMMIT, so it is the time that
/// is kept short, whatever the rows cost.
/// </summary>
public sealed class BackfillPace(int first)
{
    /// <summary>How long a batch should take.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMilliseconds(25);

    // Beyond, a batch that meets dear rows after cheap ones would take too long before it is known.
    private const int Most = 20_000;

    public int Rows { get; private set; } = Math.Clamp(first, 1, Most);

    /// <param name="others">Somebody was waiting for the batch when it was done.</param>
    public void Took(TimeSpan time, bool others)
    {
        var factor = Math.Clamp(Target / time, 0.5, 2);
        Rows = Math.Clamp((int)(Rows * (others ? Math.Min(factor, 0.5) : factor)), 1, Most);
    }

    /// <summary>Something in these rows is in the way; half of them are tried next.</summary>
    public void Halve(long rows) => Rows = (int)Math.Clamp(rows / 2, 1, Most);
}
