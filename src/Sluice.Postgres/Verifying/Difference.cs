using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Postgres.Verifying;

/// <summary>One thing in which a live database is not what its history makes, and what is known of who made it so.</summary>
public sealed record Difference(Change Change, Trace Trace)
{
    /// <summary>
    /// Whether it keeps a migration from being made. Rights belong to roles, which differ from server to server, and what is
    /// the whole database's is often a service's: both are said, and nothing waits for them.
    /// </summary>
    public bool Hinders => Hinder(Change);

    internal static bool Hinder(Change change) => change switch
    {
        Change.ObjectAdded c => !IsOperators(c.Object),
        Change.ObjectRemoved c => !IsOperators(c.Object),
        Change.ObjectChanged c => !IsOperators(c.To),
        _ => true,
    };

    // The function of an event trigger is as much the service's as the trigger.
    private static bool IsOperators(SqlObject item) => item.Definition.Contains("\n RETURNS event_trigger\n", StringComparison.Ordinal) || item.Id.Kind is ObjectKind.Grant or ObjectKind.Revoke or ObjectKind.DefaultGrant or ObjectKind.DefaultRevoke
        or ObjectKind.Publication or ObjectKind.EventTrigger or ObjectKind.EventTriggerState;
}

/// <summary>What the server still knows of who made a thing, or changed it last; nothing where it keeps nothing.</summary>
/// <param name="Owner">Whose it is, or whose the table is that has lost it.</param>
/// <param name="Migrator">The role that migrations run as now.</param>
/// <param name="Committed">When, where the server keeps the times of commits.</param>
/// <param name="After">The last event before it, by the order of transactions.</param>
/// <param name="With">The event in whose very transaction it was made.</param>
/// <param name="Before">The first event after it.</param>
/// <param name="Tool">Whose names look like this one.</param>
public sealed record Trace(string? Owner, string Migrator, DateTimeOffset? Committed, TraceEvent? After, TraceEvent? With, TraceEvent? Before, string? Tool)
{
    /// <summary>Who it was cannot be known.</summary>
    public bool IsEmpty => this is { Owner: null, Committed: null, After: null, With: null, Before: null, Tool: null };
}

/// <summary>Something with a known place in the order of transactions: a migration, or a run of the tool.</summary>
/// <param name="What">`migration 20250101000000_init`, `db execute`.</param>
/// <param name="At">When it ended.</param>
/// <param name="By">Who ran it, where the journal knows.</param>
public sealed record TraceEvent(string What, DateTimeOffset? At, string? By);
