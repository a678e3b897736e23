using System.Collections.Immutable;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>What every operation needs to know; made once by the command.</summary>
public sealed record RunSettings
{
    public required DatabaseAddress Address { get; init; }

    /// <summary>The migrations folder.</summary>
    public required string MigrationsPath { get; init; }

    /// <summary>The schemas the datasource declares (`schemas = […]`); empty for the address's own alone.</summary>
    public ImmutableArray<string> DeclaredSchemas { get; init; } = [];

    /// <summary>`shadowDatabaseUrl`, null to create and drop one.</summary>
    public DatabaseAddress? ShadowAddress { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called on whatever thread the run is on.</summary>
    public IProgress<RunEvent>? Progress { get; init; }

    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>`PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK`.</summary>
    public bool LockDisabled { get; init; }

    /// <summary>All schemas of the datasource, the address's own first when none is declared.</summary>
    public ImmutableArray<string> Schemas => DeclaredSchemas.IsEmpty ? [Address.Schema] : DeclaredSchemas;
}

/// <summary>What happens during a run, as it happens.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>A connection failed for a passing reason and is tried again.</summary>
    public sealed record Retrying(string Server, int Attempt, int Attempts, TimeSpan Delay, string Reason) : RunEvent;

    public sealed record DatabaseCreated(string Database, string Server) : RunEvent;

    /// <summary>Another session holds the lock; <paramref name="Holder"/> says which.</summary>
    public sealed record WaitingForLock(string Holder) : RunEvent;

    public sealed record MigrationStarted(string Name, int Ordinal, int Total) : RunEvent;

    public sealed record MigrationApplied(string Name, int Ordinal, int Total, TimeSpan Duration) : RunEvent;

    /// <summary>The down script of an applied migration begins.</summary>
    public sealed record UndoStarted(string Name, int Ordinal, int Total) : RunEvent;

    public sealed record Undone(string Name, int Ordinal, int Total, TimeSpan Duration) : RunEvent;

    /// <summary>A notice of the server (`RAISE NOTICE`, `IF NOT EXISTS … skipping`).</summary>
    public sealed record Notice(string Severity, string Message) : RunEvent;

    public sealed record ShadowCreated(string Database) : RunEvent;

    /// <summary>A shadow database that a killed run left behind was dropped.</summary>
    public sealed record LeftoverShadowDropped(string Database) : RunEvent;

    public sealed record Replaying(int Done, int Total) : RunEvent;
}
