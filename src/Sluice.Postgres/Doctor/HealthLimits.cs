using Sluice.Postgres.Preflight;

namespace Sluice.Postgres.Doctor;

/// <summary>From where on a finding of an examination is a warning, and from where on it is critical.</summary>
public sealed record HealthLimits
{
    public static HealthLimits Default { get; } = new();

    public CheckLimits Checks { get; init; } = CheckLimits.Default;

    /// <summary>How long somebody waits for a lock.</summary>
    public (TimeSpan Warning, TimeSpan Critical) Blocked { get; init; } = (TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>Between the client's clock and the server's, whichever is ahead.</summary>
    public (TimeSpan Warning, TimeSpan Critical) Clock { get; init; } = (TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));

    /// <summary>Transactions since the oldest row was frozen. The server stops at 2,147 million; autovacuum sees to it from 200 million on.</summary>
    public (long Warning, long Critical) Wraparound { get; init; } = (500_000_000, 1_500_000_000);

    /// <summary>Rows from which on a table should have statistics.</summary>
    public long Unanalyzed { get; init; } = 1000;

    /// <summary>A database that is larger than `shared_buffers` as it comes, times this.</summary>
    public int Memory { get; init; } = 4;
}
