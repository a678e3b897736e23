namespace Sluice.Auth.Settings;

/// <summary>How long answers are kept for requests that are sent again with the same `Idempotency-Key`.</summary>
public sealed class IdempotencyOptions
{
    /// <summary>After which a key may be used for something else.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a request of a node that was killed keeps its key. A node that lives renews it, however long the request takes.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>In bytes: a request with a key is read whole before its endpoint is called.</summary>
    public int MaximumBody { get; set; } = 1 << 20;
}
