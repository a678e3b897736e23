using System.Globalization;

namespace Sluice.Postgres.Recovery;

/// <summary>How far a server's WAL is replayed.</summary>
public abstract record RecoveryTarget
{
    private RecoveryTarget()
    {
    }

    /// <summary>To the end of what was received.</summary>
    public sealed record Latest : RecoveryTarget;

    /// <summary>Every transaction that was committed by then.</summary>
    public sealed record Time(DateTimeOffset At) : RecoveryTarget;

    public sealed record Lsn(string At) : RecoveryTarget;

    /// <summary>A point that `pg_create_restore_point` named.</summary>
    public sealed record Name(string Of) : RecoveryTarget;

    // Sealed, or each of them would print itself as records do.
    public sealed override string ToString() => this switch
    {
        Latest => "the end of what was received",
        Time(var at) => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.FFFFFF} UTC"),
        Lsn(var at) => at,
        Name(var of) => $"the restore point `{of}`",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal IEnumerable<string> Settings() => this switch
    {
        Latest => [],
        Time(var at) => [string.Create(CultureInfo.InvariantCulture, $"recovery_target_time = '{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}+00'")],
        Lsn(var at) => [$"recovery_target_lsn = {ServerCopy.Literal(at)}"],
        Name(var of) => [$"recovery_target_name = {ServerCopy.Literal(of)}"],
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
