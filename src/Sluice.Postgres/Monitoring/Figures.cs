using System.Collections.Immutable;

namespace Sluice.Postgres.Monitoring;

/// <summary>What a database says of itself, at one moment.</summary>
/// <param name="StatisticsSince">Null where they were never reset: they count from the database's beginning.</param>
public sealed record Figures(
    string Database,
    long Bytes,
    long Connections,
    int MostConnections,
    long BlocksHit,
    long BlocksRead,
    DateTimeOffset? StatisticsSince,
    ImmutableArray<string> LongTransactions,
    TimeSpan LongestTransaction,
    ImmutableArray<TableFigures> Tables,
    ImmutableArray<IndexFigures> Indexes,
    AuthFigures Auth)
{
    /// <summary>When, by the server's clock.</summary>
    public DateTimeOffset At { get; init; }

    public long Deadlocks { get; init; }

    /// <summary>Connections by who holds them, the busiest first.</summary>
    public ImmutableArray<PoolFigures> Pools { get; init; } = [];

    /// <summary>Sessions that wait for a lock now.</summary>
    public long LockWaits { get; init; }

    public TimeSpan LongestLockWait { get; init; }

    /// <summary>The slowest on average first; null without pg_stat_statements, or where this user may not read it.</summary>
    public ImmutableArray<StatementFigures>? Statements { get; init; }

    public MigrationFigures Migrations { get; init; } = new(null, null, null, null);

    /// <summary>Null without a record of any.</summary>
    public BackupFigures? Backups { get; init; }

    /// <summary>Bytes a day; null without a reading of before. No one look can tell: whoever keeps readings puts it here.</summary>
    public double? Growth { get; init; }

    /// <summary>The share of blocks that came from the server's memory; null before any was asked for.</summary>
    public double? CacheHit => BlocksHit + BlocksRead == 0 ? null : (double)BlocksHit / (BlocksHit + BlocksRead);
}

/// <param name="Name">Quoted where it has to be, with its schema.</param>
/// <param name="Rows">As the server estimates.</param>
/// <param name="Bytes">With its indexes and what is stored out of line.</param>
/// <param name="Changed">Rows since the last ANALYZE.</param>
/// <param name="MayVacuum">Whether this user may.</param>
public sealed record TableFigures(
    string Name, long Rows, long DeadRows, long Changed, long Bytes, long IndexBytes, long TableScans, long IndexScans, DateTimeOffset? Vacuumed, DateTimeOffset? Analyzed, bool MayVacuum)
{
    /// <summary>Of its rows, those that are dead.</summary>
    public double DeadShare => Rows + DeadRows == 0 ? 0 : (double)DeadRows / (Rows + DeadRows);
}

/// <param name="Keeps">It keeps something true, a key or a uniqueness, whether or not it is read.</param>
public sealed record IndexFigures(string Name, string Table, long Scans, long Bytes, bool Keeps)
{
    public bool IsUnused => Scans == 0 && !Keeps;
}

/// <summary>The connections of one application from one machine.</summary>
/// <param name="Busy">At work, or idle in a transaction: nobody else can have them.</param>
public sealed record PoolFigures(string Application, string Client, long Held, long Busy);

/// <param name="Id">By which pg_stat_statements knows it.</param>
/// <param name="Text">Its beginning, constants left out.</param>
public sealed record StatementFigures(string Id, string Text, long Calls, double MeanSeconds);

/// <param name="LongestSeconds">Of the last ten migrations of a day, or of the one at work; null without any.</param>
/// <param name="Runs">That ended in the last thirty days, by the journal; null without one.</param>
public sealed record MigrationFigures(double? LongestSeconds, string? Longest, long? Runs, long? FailedRuns);

/// <summary>What the journal has of backups.</summary>
/// <param name="FailedInARow">Since the last that was proved.</param>
/// <param name="Newest">Null: none was ever proved.</param>
/// <param name="Bytes">Null for one that was taken before a migration.</param>
public sealed record BackupFigures(long FailedInARow, DateTimeOffset? Newest, long? Bytes);

/// <summary>What tables of sign-ins hold, where there are any by their usual names.</summary>
/// <param name="FailedLogins">In the last hour, by the audit log; null without one.</param>
/// <param name="LockedOut">Rows of attempts or of users that are locked now; null without such a table.</param>
public sealed record AuthFigures(ImmutableArray<ExpiringTable> Tables, long? FailedLogins, long? LockedOut)
{
    /// <summary>Of the last hour, by the audit log.</summary>
    public ImmutableArray<EventFigures> Events { get; init; } = [];

    /// <summary>Too large to count without an index, held by somebody, or under a policy of its owner's.</summary>
    public ImmutableArray<UncountedTable> Uncounted { get; init; } = [];
}

/// <param name="Kind">Its name without schema: `sessions`, `audit_logs` …</param>
public sealed record UncountedTable(string Name, string Kind)
{
    /// <summary>It, or another one that is counted with it, took longer than a count may.</summary>
    public bool IsLate { get; init; }
}

public sealed record EventFigures(string Action, long Count);

/// <summary>Sessions, or the denylist: rows that are over at a time.</summary>
/// <param name="Active">Null where the table is large and no index has its rows in order; up to 200,000 where one has.</param>
/// <param name="Recent">Used in the last seven days; null where nobody notes that.</param>
/// <param name="Users">Different ones among the active; null where no column says.</param>
public sealed record ExpiringTable(string Name, bool IsSessions, long Total, long? Active, long? Expired, long? Recent, long? Users, long Bytes);
