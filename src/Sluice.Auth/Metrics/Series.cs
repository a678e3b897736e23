namespace Sluice.Auth.Metrics;

/// <summary>One line of a metric, or, of a histogram, its buckets.</summary>
internal sealed class Series(double[] bounds)
{
    private readonly Lock guard = new();
    private readonly long[] buckets = new long[bounds.Length + 1];
    private double sum;
    private long count;

    public void Add(double value)
    {
        lock (guard)
        {
            sum += value;
            count++;
        }
    }

    public void Set(double value)
    {
        lock (guard)
        {
            sum = value;
        }
    }

    public void Record(double value)
    {
        lock (guard)
        {
            var at = 0;
            while (at < bounds.Length && value > bounds[at])
            {
                at++;
            }

            buckets[at]++;
            sum += value;
            count++;
        }
    }

    public (double Sum, long Count, long[] Buckets) Read()
    {
        lock (guard)
        {
            return (sum, count, [.. buckets]);
        }
    }
}
