using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate dev`, in the order a command calls it: diagnose, apply what is pending, propose, ask, create.</summary>
public static class Dev
{
    /// <summary>
    /// Replays the history once into a shadow database and lays it beside the live one. Changes nothing in the live
    /// database beyond creating it when missing.
    /// </summary>
    /// <exception cref="ProblemException">P3006 a migration does not replay, P3014 no shadow database, P3015, P3019, SL5036 one is partly undone.</exception>
    public static Task<DevDiagnosis> DiagnoseAsync(RunSettings settings, Database wanted, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = RequireFolders(MigrationFolder.Read(settings.MigrationsPath).RequireScripts());
            await using var session = await RunSession.OpenOrCreateAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            var history = await session.ReadHistoryAsync(folder, cancellation);
            Superseding.RequireWhole(folder, history);
            var unmanaged = !history.TableExists
                && !(await HistoryTable.OtherTablesAsync(session.Connection, session.AllSchemas, cancellation)).IsEmpty;
            var unfinished = await Unfinished.ReadAsync(session, folder, history, cancellation);
            unfinished.RequireNothingHalfUndone();
            var diagnosis = new DevDiagnosis(history, [], unmanaged, Database.Empty, wanted, session.DatabaseCreated)
            {
                Unproved = await unfinished.UnprovedAsync(session, history, folder, cancellation),
                HalfApplied = unfinished.Halves,
            };
            if (diagnosis.IsBlocked)
            {
                return diagnosis;
            }

            wanted = await Declaration.CatalogAsync(settings, wanted, cancellation);
            var end = await ReplayAsync(settings, folder, history, cancellation);
            if (!diagnosis.HalfApplied.IsEmpty)
            {
                return diagnosis with { HistoryEnd = end, Wanted = wanted };
            }

            var drift = await Drift.FindAsync(settings, session.Connection, folder, history, cancellation);
            return diagnosis with { Drift = await Traces.ReadAsync(settings, session.Connection, drift.Changes, cancellation), HistoryEnd = end, Wanted = wanted };
        });

    /// <summary>Applies the pending migrations; the diagnosis must not be blocked.</summary>
    public static Task<DeployResult> ApplyPendingAsync(RunSettings settings, DevDiagnosis diagnosis, CancellationToken cancellation = default) =>
        diagnosis.IsBlocked
            ? throw new ArgumentException("What the diagnosis found comes first.", nameof(diagnosis))
            : Deploy.RunAsync(settings, cancellation);

    /// <summary>Applies the migration that <see cref="Create"/> wrote, if the rows still are those that were counted; else takes it back.</summary>
    /// <exception cref="ProblemException">SL5007: the database is no longer what was looked at. And what <see cref="Deploy"/> throws.</exception>
    public static Task<DeployResult> ApplyCreatedAsync(
        RunSettings settings,
        SchemaProposal proposal,
        MigrationFile created,
        CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenOrCreateAsync(settings, cancellation);
            try
            {
                // Another run may have been quicker; then there is nothing left to lose.
                if ((await session.ReadHistoryAsync(folder, cancellation)).Pending.Contains(created.Name))
                {
                    await proposal.RequireSameEvidenceAsync(session.Connection, anyLoss: false, cancellation);
                }
            }
            catch (ProblemException)
            {
                // It would be pending otherwise, and the next run would apply it without a question.
                NewMigration.TakeBack(created);
                throw;
            }

            return await Deploy.ApplyPendingAsync(session, folder, cancellation);
        });

    /// <summary>The next migration, checked against the rows that are in the live database now.</summary>
    /// <param name="online">In forms that keep nobody waiting; its text is no longer Prisma's then.</param>
    public static Task<SchemaProposal> ProposeAsync(RunSettings settings, DevDiagnosis diagnosis, bool online = false, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            if (SchemaProposal.Between(diagnosis.HistoryEnd, diagnosis.Wanted, online) is not { IsEmpty: false } proposal)
            {
                return SchemaProposal.Nothing;
            }

            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return await proposal.WithEvidenceAsync(connection, cancellation);
        });

    /// <summary>What would still be to do for the schema after its migration was applied: nothing, where all went as planned.</summary>
    public static Task<ImmutableArray<PlanStep>> RemainingAsync(RunSettings settings, SchemaProposal proposal, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return proposal.Remaining(await SeenCatalog.ReadAsync(settings, connection, cancellation));
        });

    /// <summary>Writes the proposal as a migration; <see cref="Deploy"/> then applies it.</summary>
    /// <param name="keepData">What it destroys goes to archive tables first; its text is no longer Prisma's then.</param>
    /// <exception cref="ProblemException">P3010 the title is too long.</exception>
    public static MigrationFile Create(RunSettings settings, SchemaProposal proposal, string title, bool keepData = false)
    {
        var folder = MigrationFolder.Read(settings.MigrationsPath);
        var name = NewMigration.NameFor(title, settings.Clock, folder.Names);
        return NewMigration.Create(folder.Path, name, keepData ? proposal.Keeping(name).Script : proposal.Script);
    }

    /// <summary>The same with its way back beside it, proved on a scratch database; null where there is none to take.</summary>
    /// <exception cref="ProblemException">P3010 the title is too long, P3014 no shadow database.</exception>
    public static Task<(MigrationFile Created, Reversal? Back)> CreateWithDownAsync(
        RunSettings settings,
        SchemaProposal proposal,
        string title,
        bool keepData = false,
        CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            var name = NewMigration.NameFor(title, settings.Clock, folder.Names);
            var script = keepData ? proposal.Keeping(name).Script : proposal.Script;
            var back = await Reversal.MakeAsync(settings, folder.Migrations, script, new Archives(name, keepData), proposal.Renames, cancellation, online: proposal.Online is not null);
            var created = NewMigration.CreateIn(folder, name, script, back?.Script);
            if (back is { Proof.Verdict: ProofVerdict.Proved })
            {
                ProofRecord.Write([.. folder.Migrations, created], created, back.Proof);
            }

            return (created, back);
        });

    private static MigrationFolder RequireFolders(MigrationFolder folder) => folder.Layout is MigrationLayout.Folder
        ? folder
        : throw new ProblemException(new Problem("SL5024", $"The migrations in {folder.Path} are versioned files, which are written by hand; `migrate dev` makes folders.")
        {
            Remedies =
            [
                "Write the next pair of files, {version}_{description}.up.sql and .down.sql, then run: sluice up",
                "For the SQL of a changed schema: sluice migrate diff --from-migrations DIR --to-schema schema.prisma --script",
            ],
        });

    // The catalog after every migration on disk.
    private static async Task<Database> ReplayAsync(
        RunSettings settings,
        MigrationFolder folder,
        HistoryState history,
        CancellationToken cancellation)
    {
        var applied = Drift.AppliedOf(folder, history);
        var end = await Replay.CatalogAsync(settings, [.. applied, .. folder.Migrations.Except(applied)], cancellation);

        // A pending one that sorts before an applied one runs last here and earlier everywhere else: that order must work too.
        return history.OutOfOrder.IsEmpty ? end : await Replay.CatalogAsync(settings, folder.Migrations, cancellation);
    }
}

/// <summary>What `migrate dev` found. Each list names its own remedy; none of them is a reset.</summary>
/// <param name="Drift">What the live database has more or less than its history makes (history → live); not looked for when something else is in the way.</param>
/// <param name="Unmanaged">The schema holds tables, yet there is no history.</param>
/// <param name="HistoryEnd">The catalog after every migration on disk.</param>
/// <param name="Wanted">The schema's.</param>
public sealed record DevDiagnosis(
    HistoryState History,
    ImmutableArray<Difference> Drift,
    bool Unmanaged,
    Database HistoryEnd,
    Database Wanted,
    bool DatabaseCreated)
{
    /// <summary>The failed ones of which the journal cannot prove what they left; the others run again, or go on.</summary>
    public ImmutableArray<HistoryRow> Unproved { get; init; } = [];

    /// <summary>A part of these is in the database, so drift is not looked for before they are complete.</summary>
    public ImmutableArray<HalfDone> HalfApplied { get; init; } = [];

    /// <summary>True when something must be put right by a person before a migration can be made.</summary>
    public bool IsBlocked =>
        Unmanaged || Drift.Any(d => d.Hinders) || !History.Edited.IsEmpty || !History.Missing.IsEmpty || !Unproved.IsEmpty;
}
