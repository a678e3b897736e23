using System.Collections.Immutable;
using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>`migrate deploy`: applies what is pending, in order, and stops at the first failure.</summary>
public static class Deploy
{
    /// <exception cref="ProblemException">P3005 not empty and without history, P3009 a failed migration stands in the way, P3015, P3018 a migration failed, P3019, P1002 locked.</exception>
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
        if (!state.Failed.IsEmpty)
        {
            throw new ProblemException(HistoryProblems.Failed(state.Failed, folder, await IsStillRunningAsync(session.Connection, cancellation)));
        }

        var pending = PendingOf(folder, state, last);
        await using var run = new MigrationRun(session, session.HistoryOf(folder));
        for (var i = 0; i < pending.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var progress = session.Settings.Progress;
            progress?.Report(new RunEvent.MigrationStarted(pending[i].Name, i + 1, pending.Length));
            await run.ApplyAsync(pending[i], cancellation);
            progress?.Report(new RunEvent.MigrationApplied(pending[i].Name, i + 1, pending.Length, Stopwatch.GetElapsedTime(started)));
        }

        return new DeployResult(
            folder.Names.Length,
            [.. pending.Select(m => m.Name)],
            state.Edited,
            state.Missing,
            [.. state.OutOfOrder.Where(n => pending.Any(p => p.Name == n))],
            session.DatabaseCreated)
        {
            Renamed = state.Renamed,
        };
    }

    /// <exception cref="ProblemException">P3017: there is no such migration.</exception>
    internal static string? LastOf(MigrationFolder folder, string? to) =>
        to is null ? null : folder.Meant(to, folder.Names) ?? folder.Require(to).Name;

    /// <summary>What a run would apply up to <paramref name="last"/>; every script of it can be read.</summary>
    /// <exception cref="ProblemException">P3015 no script, SL5001 no text, SL5012 it would run a second time under a new name.</exception>
    internal static ImmutableArray<MigrationFile> PendingOf(MigrationFolder folder, HistoryState state, string? last)
    {
        if (folder.Layout is MigrationLayout.Versioned && state.RenamedToPending is { IsEmpty: false } renamed)
        {
            throw new ProblemException(HistoryProblems.Renamed(renamed, folder));
        }

        var order = folder.OrderWith([]);
        return Readable(folder, last is null ? state.Pending : [.. state.Pending.Where(n => order.Compare(n, last) <= 0)]);
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

    // A client that was killed may have left its statement running in the server.
    private static async Task<bool> IsStillRunningAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_stat_activity a
              JOIN pg_catalog.pg_stat_activity me ON me.pid = pg_catalog.pg_backend_pid()
              WHERE a.pid <> me.pid AND a.datid = me.datid AND split_part(a.application_name, ' ', 1) = split_part(me.application_name, ' ', 1) AND a.state <> 'idle')
            """,
            connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
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
    /// <summary>Applied before, and on disk under another name.</summary>
    public ImmutableArray<RenamedMigration> Renamed { get; init; } = [];
}
