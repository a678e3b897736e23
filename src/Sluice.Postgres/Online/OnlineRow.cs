using System.Collections.Immutable;

namespace Sluice.Postgres.Online;

/// <summary>An online change as the database remembers it.</summary>
/// <param name="BaseSchema">Where the tables are, and the clients of the version before.</param>
/// <param name="VersionSchema">Where the clients of the version after look first.</param>
/// <param name="Position">How many of its steps are done.</param>
/// <param name="Options">What it was begun with: `set …`, `back …`.</param>
/// <param name="Steps">All of them, in their order.</param>
public sealed record OnlineRow(
    long Id,
    string Migration,
    string Checksum,
    string BaseSchema,
    string VersionSchema,
    string State,
    int Position,
    ImmutableArray<string> Options,
    ImmutableArray<OnlineStep> Steps,
    DateTime Started,
    DateTime Written,
    DateTime? Finished)
{
    /// <summary>Neither done nor taken back.</summary>
    public bool IsOpen => State is not (OnlineState.Done or OnlineState.RolledBack);

    /// <summary>Both versions are served.</summary>
    public bool Serves => State is OnlineState.Switched;
}

/// <summary>The states of an online change, in their order; a step belongs to the one it leads through.</summary>
public static class OnlineState
{
    public const string Expand = "expand";
    public const string DualWrite = "dual write";
    public const string Backfill = "backfill";
    public const string Verify = "verify";
    public const string Switch = "switch";
    public const string Switched = "switched";
    public const string Contract = "contract";
    public const string Done = "done";
    public const string Rollback = "rollback";
    public const string RolledBack = "rolled back";
}

/// <summary>One thing to do, committed with the position after it.</summary>
/// <param name="Tables">Locked first in a way that stands in no client's way: autovacuum gives up for it.</param>
public sealed record OnlineStep(string State, OnlineStepKind Kind, string Title, ImmutableArray<string> Tables, ImmutableArray<string> Statements)
{
    /// <summary>Of a step back: the ordinal of the step that each of its statements undoes. What that one had not made is somebody else's.</summary>
    public ImmutableArray<int> Undoes { get; init; } = [];

    /// <summary>What is to be undone after so many steps; null for nothing.</summary>
    internal OnlineStep? After(int position)
    {
        ImmutableArray<string> made = [.. Statements.Where((_, i) => Undoes[i] < position)];
        return made.IsEmpty ? null : this with { Statements = made, Undoes = [.. Undoes.Where(o => o < position)] };
    }
}

public enum OnlineStepKind
{
    /// <summary>Its statements in one short transaction; they take strong locks for a moment.</summary>
    Transaction,

    /// <summary>A transaction that may take its time: its locks let others read and write.</summary>
    Patient,

    /// <summary>CREATE INDEX CONCURRENTLY; the first of its tables is the index.</summary>
    Index,

    /// <summary>The table, then what is written into its columns.</summary>
    Backfill,

    /// <summary>A query that must not be true.</summary>
    Check,

    /// <summary>A query that counts values which nobody has any more after its state; asked before that is entered.</summary>
    Loss,
}
