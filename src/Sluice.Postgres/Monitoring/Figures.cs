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

/// <summary>What tables of sign-ins hold, where there are any by their usual names.</summary>
/// <param name="FailedLogins">In the last hour, by the audit log; null without one.</param>
/// <param name="LockedOut">Rows of attempts that are locked now; null without such a table.</param>
public sealed record AuthFigures(ImmutableArray<ExpiringTable> Tables, long? FailedLogins, long? LockedOut);

/// <summary>Sessions, or the denylist: rows that are over at a time.</summary>
/// <param name="Active">Null where the table is so large that its rows are estimated.</param>
/// <param name="Recent">Used in the last seven days; null where nobody notes that.</param>
public sealed record ExpiringTable(string Name, bool IsSessions, long Total, long? Active, long? Expired, long? Recent);
