using System.Collections.Immutable;
using Sluice.Text;

namespace Sluice.Postgres.Preflight;

/// <summary>One thing looked at before or after a run.</summary>
/// <param name="Value">What was found, for a person.</param>
/// <param name="Threshold">From where on it is worth a warning or more.</param>
public sealed record Check(string Name, string Value, string Threshold, Verdict Verdict)
{
    /// <summary>What gets out of it; a command is written as it is typed.</summary>
    public string? Advice { get; init; }

    /// <summary>What the value sums up, a line each.</summary>
    public EquatableArray<string> Evidence { get; init; } = [];
}

public enum Verdict
{
    Ok,

    /// <summary>It cannot be seen from here, which is not the same as well.</summary>
    Unknown,
    Warning,
    Critical,
}

public sealed record CheckReport(ImmutableArray<Check> Checks)
{
    public bool IsCritical => Checks.Any(c => c.Verdict is Verdict.Critical);
}

/// <summary>From where on a finding is a warning, and from where on it is critical.</summary>
public sealed record CheckLimits
{
    public static CheckLimits Default { get; } = new();

    public (TimeSpan Warning, TimeSpan Critical) Transaction { get; init; } = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));

    public (TimeSpan Warning, TimeSpan Critical) IdleInTransaction { get; init; } = (TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    public TimeSpan Prepared { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Shares of the connections that are taken.</summary>
    public (double Warning, double Critical) Connections { get; init; } = (0.80, 0.95);

    public (TimeSpan Warning, TimeSpan Critical) ReplicaLag { get; init; } = (TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    public (long Warning, long Critical) RetainedByReplicas { get; init; } = (1L << 30, 10L << 30);

    public MaintenanceWindow? Window { get; init; }

    /// <summary>A backup is to be proved in a scratch database, which takes a right of its own.</summary>
    public bool ProvesBackups { get; init; } = true;
}
