namespace Sluice.Plan;

/// <summary>PostgreSQL's table locks, weakest first. See "Explicit Locking" in its manual for what each one excludes.</summary>
public enum LockLevel
{
    None,
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

/// <summary>What a step can hurt.</summary>
[Flags]
public enum Hazards
{
    None = 0,
    LosesData = 1,

    /// <summary>Depends on the data: existing rows can make it fail.</summary>
    CanFail = 2,

    /// <summary>Takes as long as the table is large, and nobody else reads or writes meanwhile.</summary>
    RewritesTable = 4,

    /// <summary>Nobody writes while it works through the table.</summary>
    BlocksWrites = 8,

    /// <summary>Nobody reads or writes while it works through the table.</summary>
    BlocksReads = 16,

    /// <summary>Queries that were quick before may not be afterwards.</summary>
    SlowsQueries = 32,
}
