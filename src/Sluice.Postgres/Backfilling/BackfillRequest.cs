namespace Sluice.Postgres.Backfilling;

/// <summary>What is to be written into which rows, and how gently.</summary>
/// <param name="Table">As the database has it, with its schema where that is not the connection's.</param>
/// <param name="Set">`column = expression`, several with commas between.</param>
public sealed record BackfillRequest(string Table, string Set)
{
    /// <summary>Only the rows for which this is true.</summary>
    public string? Where { get; init; }

    /// <summary>What stands for this definition in the database; null for table and columns.</summary>
    public string? Name { get; init; }

    /// <summary>Rows of the first batch; those after it are as large as fits in <see cref="BackfillPace.Writing"/>.</summary>
    public int Batch { get; init; } = 1000;

    /// <summary>Further behind than this, and the replica is waited for.</summary>
    public TimeSpan MaxLag { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between batches, whatever else is found.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.Zero;

    /// <summary>WAL of the whole server in bytes a second, beyond which batches wait.</summary>
    public long MaxWal { get; init; } = 64L << 20;
}

/// <summary>How a run of a backfill ended.</summary>
public enum BackfillEnd
{
    /// <summary>A pass over all rows found none that still lacked it.</summary>
    Verified,

    /// <summary>Every row was done; that it was cannot be seen from the values (`x = x + 1`).</summary>
    Done,

    /// <summary>It was done by an earlier run; nothing was changed.</summary>
    DoneBefore,

    /// <summary>Every pass found rows that lack it: somebody goes on writing them.</summary>
    StillWritten,

    /// <summary>`--cancel` of somebody else.</summary>
    Cancelled,
}

/// <param name="Changed">Rows that were written, over all runs.</param>
/// <param name="Passes">How often all rows were gone through.</param>
/// <param name="Found">Rows that the last pass found to lack it.</param>
public sealed record BackfillResult(string Name, BackfillEnd End, long Changed, int Passes, long Found);
