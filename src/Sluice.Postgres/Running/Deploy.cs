using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>`migrate deploy`: applies what is pending, in order, and stops at the first failure.</summary>
public static class Deploy
{
    /// <exception cref="ProblemException">P3005 not empty and without history, P3009 a failed migration of which the journal knows nothing, P3015, P3018 a migration failed, P3019, P1002 locked, SL5036 one is partly undone.</exception>
    public static Task<DeployResult> RunAsync(RunSettings settings, CancellationToken cancellation = default) => RunAsync(settings, null, cancellation);

    /// <param name="to">The last migration to apply, by its name or version; null for all.</param>
    public static Task<DeployResult> RunAsync(RunSettings settings, string? to, CancellationToken cancellation) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenOrCreateAsync(settings, cancellation);
            return await ApplyPendingAsync(session, folder, cancellation, to);
        });

    internal static async Task<DeployResult> ApplyPendingAsync(RunSession session, MigrationFolder folder, CancellationToken cancellation, string? to = null)
    {
        var last = LastOf(folder, to);
        var state = await session.RequireHistoryAsync(folder, cancellation);
        var unfinished = await Unfinished.ReadAsync(session, folder, state, cancellation);
        unfinished.RequireNothingHalfUndone();
        await Superseding.RunAsync(session, folder, state, cancellation);
        var todo = PendingOf(folder, state, last);
        if (todo.IsEmpty && state.Failed.IsEmpty)
        {
            return Result([]);
        }

        await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
        await unfinished.RequireProvedAsync(session, state, folder, cancellation);
        var ahead = new RunAhead(session.Settings, session.Connection, todo);
        var backup = session.Settings.Before is { } before && !todo.IsEmpty ? await before(ahead, cancellation) : null;
        await using (var run = await MigrationRun.OpenAsync(session, session.HistoryOf(folder), Failed(folder, state), backup, cancellation))
        {
            await WithdrawAsync(run, state, cancellation);
            for (var i = 0; i < todo.Length; i++)
            {
                var started = Stopwatch.GetTimestamp();
                var progress = session.Settings.Progress;
                progress?.Report(new RunEvent.MigrationStarted(todo[i].Name, i + 1, todo.Length));
                await run.ApplyAsync(todo[i], cancellation);
                progress?.Report(new RunEvent.MigrationApplied(todo[i].Name, i + 1, todo.Length, Stopwatch.GetElapsedTime(started)));
            }
        }

        if (session.Settings.After is { } after && !todo.IsEmpty)
        {
            await after(ahead, cancellation);
        }

        return Result([.. todo.Select(m => m.Name)]) with { Kept = await KeptRows.ReadAsync(session.Connection, todo, cancellation) };

        DeployResult Result(ImmutableArray<string> done) =>
            new(folder.Names.Length, done, state.Edited, state.Missing, [.. state.OutOfOrder.Where(done.Contains)], session.DatabaseCreated)
            {
                Layout = folder.Layout,
                Renamed = state.Renamed,
                Squashed = state.Unrecorded,
            };
    }

    /// <exception cref="ProblemException">P3017: there is no such migration.</exception>
    internal static string? LastOf(MigrationFolder folder, string? to) =>
        to is null ? null : folder.Meant(to, folder.Names) ?? folder.Require(to).Name;

    /// <summary>What a run would apply up to <paramref name="last"/>; every script of it can be read.</summary>
    /// <exception cref="ProblemException">P3015 no script, SL5001 no text, SL5022 it would run a second time under a new name.</exception>
    internal static ImmutableArray<MigrationFile> PendingOf(MigrationFolder folder, HistoryState state, string? last)
    {
        if (folder.Layout is MigrationLayout.Versioned && state.RenamedToPending is { IsEmpty: false } renamed)
        {
            throw new ProblemException(HistoryProblems.Renamed(renamed, folder));
        }

        var order = folder.OrderWith([]);
        var open = state.Pending.Concat(state.Failed.Select(r => r.MigrationName));
        return Readable(folder, [.. open.Where(n => last is null || order.Compare(n, last) <= 0)]);
    }

    // A layout that keeps failures says itself which attempts are open; a person may have resolved the others.
    private static HashSet<string>? Failed(MigrationFolder folder, HistoryState state) =>
        folder.Layout is MigrationLayout.Versioned ? null : state.Failed.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Marks as rolled back what failed and left nothing, by the journal's proof.</summary>
    private static async Task WithdrawAsync(MigrationRun run, HistoryState state, CancellationToken cancellation)
    {
        foreach (var attempt in run.Unfinished.Where(a => a.LeftNothing && state.Failed.Any(r => r.Id == a.Id)))
        {
            await run.WithdrawAsync(attempt, cancellation);
        }
    }

    /// <summary>The pending migrations, each of them read to its end, before the first is applied.</summary>
    private static ImmutableArray<MigrationFile> Readable(MigrationFolder folder, ImmutableArray<string> pending)
    {
        var names = pending.ToHashSet(StringComparer.Ordinal);
        _ = (folder with { WithoutScript = [.. folder.WithoutScript.Where(names.Contains)] }).RequireScripts();
        ImmutableArray<MigrationFile> files = [.. folder.Migrations.Where(m => names.Contains(m.Name))];
        foreach (var file in files)
        {
            _ = file.Script;
        }

        return files;
    }
}

/// <param name="Found">How many migrations the folder has.</param>
/// <param name="Applied">Those applied by this run.</param>
/// <param name="Edited">Applied before, and changed on disk since: worth a warning.</param>
/// <param name="Missing">Applied before, and gone from disk.</param>
/// <param name="OutOfOrder">Applied now although a later name had been applied before.</param>
public sealed record DeployResult(
    int Found,
    ImmutableArray<string> Applied,
    ImmutableArray<string> Edited,
    ImmutableArray<string> Missing,
    ImmutableArray<string> OutOfOrder,
    bool DatabaseCreated)
{
    public MigrationLayout Layout { get; init; }

    /// <summary>Squashes that this run marked as applied, because the migrations they stand for were.</summary>
    public ImmutableArray<string> Squashed { get; init; } = [];

    /// <summary>Archive tables with rows that an earlier `down` of what was applied now kept, and that it did not give back.</summary>
    public ImmutableArray<string> Kept { get; init; } = [];

    /// <summary>Applied before, and on disk under another name.</summary>
    public ImmutableArray<RenamedMigration> Renamed { get; init; } = [];
}
