using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate dev`, in the order a command calls it: diagnose, apply what is pending, propose, ask, create.</summary>
public static class Dev
{
    /// <summary>
    /// Replays the history once into a shadow database and lays it beside the live one. Changes nothing in the live
    /// database beyond creating it when missing.
    /// </summary>
    /// <exception cref="Connecting.ProblemException">P3006 a migration does not replay, P3014 no shadow database.</exception>
    public static Task<DevDiagnosis> DiagnoseAsync(RunSettings settings, Database wanted, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Applies the pending migrations; the diagnosis must not be blocked.</summary>
    public static Task<DeployResult> ApplyPendingAsync(RunSettings settings, DevDiagnosis diagnosis, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>The next migration, checked against the rows that are in the live database now.</summary>
    public static Task<SchemaProposal> ProposeAsync(RunSettings settings, DevDiagnosis diagnosis, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Writes the proposal as a migration; <see cref="Deploy"/> then applies it.</summary>
    public static MigrationFile Create(RunSettings settings, SchemaProposal proposal, string title) =>
        throw new NotImplementedException();
}

/// <summary>What `migrate dev` found. Each list names its own remedy; none of them is a reset.</summary>
/// <param name="Drift">What the live database has more or less than its history makes (history → live).</param>
/// <param name="Unmanaged">The schema holds tables, yet there is no history.</param>
/// <param name="HistoryEnd">The catalog after every migration on disk.</param>
/// <param name="Wanted">The schema's.</param>
public sealed record DevDiagnosis(
    HistoryState History,
    ImmutableArray<Change> Drift,
    bool Unmanaged,
    Database HistoryEnd,
    Database Wanted,
    bool DatabaseCreated)
{
    /// <summary>True when something must be put right by a person before a migration can be made.</summary>
    public bool IsBlocked =>
        Unmanaged || !Drift.IsEmpty || !History.Edited.IsEmpty || !History.Missing.IsEmpty || !History.Failed.IsEmpty;
}

/// <summary>Steps that would take the database to the schema, with the evidence of what they can lose.</summary>
/// <param name="Script">The migration's text with its warnings header; empty when nothing is to be done.</param>
/// <param name="Warnings">Data may be lost: ask.</param>
/// <param name="Unexecutable">The steps would fail on the rows that are there.</param>
public sealed record SchemaProposal(
    ImmutableArray<PlanStep> Steps,
    string Script,
    ImmutableArray<string> Warnings,
    ImmutableArray<string> Unexecutable)
{
    public bool IsEmpty => Steps.IsEmpty;
}
