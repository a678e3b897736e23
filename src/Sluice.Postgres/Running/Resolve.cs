using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>`migrate resolve`: says in the history what a person made true in the database.</summary>
public static class Resolve
{
    /// <summary>Marks a migration as applied without running it; a failed row of it is marked as rolled back first.</summary>
    /// <exception cref="ProblemException">P3008 already applied, P3017 not on disk.</exception>
    public static Task AppliedAsync(RunSettings settings, string migration, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            var file = folder.Require(folder.Meant(migration, folder.Names) ?? migration);
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            return await MarkAppliedAsync(session, folder, file, cancellation);
        });

    /// <summary>The same under a lock that is held.</summary>
    internal static async Task<bool> MarkAppliedAsync(RunSession session, MigrationFolder folder, MigrationFile file, CancellationToken cancellation)
    {
        var settings = session.Settings;
        var history = session.HistoryOf(folder);
        var rows = await history.ReadAsync(session.Connection, cancellation);
        var own = (rows ?? []).Where(r => folder.KeyOf(r.MigrationName) == folder.KeyOf(file.Name)).ToList();
        if (await FindHalfAsync(session, folder, rows, file.Name, cancellation) is { Undoing: true } half)
        {
            // It is whole again, and stays recorded.
            await WithdrawAsync(session, new UndoneHistory(history, settings.Clock), half.Attempt, [], cancellation);
            return true;
        }

        if (own.Exists(r => r.IsApplied && (file.Replaces.IsEmpty || r.MigrationName == file.Name)))
        {
            throw new ProblemException(new Problem("P3008", $"The migration `{file.Name}` is already recorded as applied in the database."));
        }

        return await RecordedRun.RunAsync(
            session.Connection,
            settings,
            async run =>
            {
                if (rows is null)
                {
                    // A baseline: the schema is not empty, which is the point.
                    await history.CreateAsync(session.Connection, cancellation);
                }

                await RollBackAsync(session, own, cancellation);
                await session.CommitAsync(Superseding.Applied(history, file, settings.Clock.GetUtcNow()), cancellation);
                await run.GiveUpAsync(history.Table, file.Name, "marked as applied", cancellation);
                await run.MarkedAppliedAsync(history.Table, file.Name);
                return true;
            },
            cancellation);
    }

    /// <summary>Marks a failed migration as rolled back, so that deploy applies it again. It need not be on disk any more.</summary>
    /// <exception cref="ProblemException">P3011 never started, P3012 not failed.</exception>
    public static Task RolledBackAsync(RunSettings settings, string migration, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            var history = session.HistoryOf(folder);
            var rows = await history.ReadAsync(session.Connection, cancellation) ?? [];
            if (await FindHalfAsync(session, folder, rows, folder.Meant(migration, folder.Names) ?? migration, cancellation) is { } half
                && (half.Undoing || folder.Layout is MigrationLayout.Versioned))
            {
                IHistory books = half.Undoing ? new UndoneHistory(history, settings.Clock) : history;
                var file = new MigrationFile(half.Attempt.Migration, "", []);
                await WithdrawAsync(session, books, half.Attempt, half.Undoing ? history.Undo(file, settings.Clock.GetUtcNow()) : [], cancellation);
                return true;
            }

            var own = rows.Where(r => r.MigrationName == migration).ToList();
            if (own.Count == 0)
            {
                throw new ProblemException(new Problem(
                    "P3011",
                    $"Migration `{migration}` cannot be rolled back because it was never applied to the database.")
                {
                    Remedies = [.. rows.Where(r => r.IsFailed).Select(r => $"What failed is: {r.MigrationName}")],
                });
            }

            var failed = own.Where(r => r.IsFailed).ToList();
            if (failed.Count == 0)
            {
                throw new ProblemException(new Problem(
                    "P3012",
                    $"Migration `{migration}` cannot be rolled back because it is not in a failed state.")
                {
                    Remedies = [.. rows.Where(r => r.IsFailed).Select(r => $"What failed is: {r.MigrationName}")],
                });
            }

            return await RecordedRun.RunAsync(
                session.Connection,
                settings,
                async run =>
                {
                    await RollBackAsync(session, failed, cancellation);
                    await run.GiveUpAsync(history.Table, migration, "marked as rolled back", cancellation);
                    await run.NoteAsync($"marked {migration} as rolled back");
                    return true;
                },
                cancellation);
        });

    private static async Task<(Attempt Attempt, bool Undoing)?> FindHalfAsync(RunSession session, MigrationFolder folder, ImmutableArray<HistoryRow>? rows, string name, CancellationToken cancellation)
    {
        var unfinished = await Unfinished.ReadAsync(session, folder, HistoryState.Compare(folder, rows), cancellation);
        bool IsMeant(Attempt attempt) => folder.KeyOf(attempt.Migration) == folder.KeyOf(name);
        return unfinished.Undoing.LastOrDefault(IsMeant) is { } undoing
            ? (undoing, true)
            : unfinished.Applying.LastOrDefault(a => !a.LeftNothing && IsMeant(a)) is { } applying ? (applying, false) : null;
    }

    // The journal must know as well, or the next run would go on in the middle.
    private static async Task WithdrawAsync(RunSession session, IHistory books, Attempt attempt, IEnumerable<NpgsqlBatchCommand> also, CancellationToken cancellation)
    {
        await using var run = await MigrationRun.OpenAsync(session, books, null, null, cancellation);
        await run.WithdrawAsync(attempt, cancellation, also);
    }

    // Only `_prisma_migrations` has rows of failed attempts.
    private static async Task RollBackAsync(RunSession session, IEnumerable<HistoryRow> rows, CancellationToken cancellation)
    {
        var history = new HistoryTable(session.Settings.Address.Schema);
        foreach (var failed in rows.Where(r => r.IsFailed))
        {
            await history.RollBackAsync(session.Connection, failed.Id, session.Settings.Clock, cancellation);
        }
    }
}
