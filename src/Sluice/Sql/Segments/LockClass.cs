namespace Sluice.Sql.Segments;

/// <summary>
/// How long a segment may wait for a lock. What counts is who queues behind a waiting one: everybody who comes later and
/// wants what it would exclude. docs/locks.md has it as a table.
/// </summary>
public enum LockClass
{
    /// <summary>
    /// Definitions, and whatever else takes a lock that readers or writers queue behind (VACUUM FULL, CLUSTER, REINDEX of a
    /// schema): a short wait, then again after a pause.
    /// </summary>
    Brief,

    /// <summary>
    /// Rows written and constraints validated: their locks keep nobody waiting but those who write the same rows, and a
    /// backfill that was thrown away for one row would be done twice.
    /// </summary>
    Unlimited,

    /// <summary>
    /// CONCURRENTLY and plain VACUUM: they hold up one another alone, but an index build waits for every older transaction
    /// there is, for ever if need be, so each of its waits may take the budget and no longer.
    /// </summary>
    Budget,
}
