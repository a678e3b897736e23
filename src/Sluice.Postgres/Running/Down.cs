using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>`down`: undoes a migration and everything applied above it, newest first, each with its own down script.</summary>
public static class Down
{
    /// <summary>What would be undone. Changes nothing.</summary>
    /// <param name="version">A version or a whole name.</param>
    /// <exception cref="ProblemException">SL5025 a down script is missing, SL5026 not applied, SL5036 one is partly applied.</exception>
    public static Task<DownPlan> PlanAsync(RunSettings settings, string version, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            return await PlanAsync(session, folder, version, cancellation);
        });

    /// <summary>Does what was agreed to.</summary>
    /// <exception cref="ProblemException">SL5027 a statement was refused, SL5028 another run changed the history meanwhile, P1002 locked.</exception>
    public static Task RunAsync(RunSettings settings, DownPlan agreed, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            var plan = await PlanAsync(session, folder, agreed.Target, cancellation);
            if (!plan.Migrations.Select(m => (m.Name, m.Checksum)).SequenceEqual(agreed.Migrations.Select(m => (m.Name, m.Checksum))))
            {
                throw new ProblemException(new Problem("SL5028", "Migrations were applied or changed since you were asked; nothing was undone.")
                {
                    Remedies = [$"Look again: sluice down {agreed.Target}"],
                });
            }

            var ahead = new RunAhead(settings, session.Connection, plan.Migrations);
            var backup = settings.Before is { } before ? await before(ahead, cancellation) : null;
            await using (var run = await MigrationRun.OpenAsync(session, new UndoneHistory(session.HistoryOf(folder), settings.Clock), null, backup, cancellation))
            {
                for (var i = 0; i < plan.Migrations.Length; i++)
                {
                    var (started, name) = (Stopwatch.GetTimestamp(), plan.Migrations[i].Name);
                    settings.Progress?.Report(new RunEvent.UndoStarted(name, i + 1, plan.Migrations.Length));
                    await run.ApplyAsync(plan.Migrations[i], cancellation);
                    settings.Progress?.Report(new RunEvent.Undone(name, i + 1, plan.Migrations.Length, Stopwatch.GetElapsedTime(started)));
                }
            }

            if (settings.After is { } after)
            {
                await after(ahead, cancellation);
            }

            return true;
        });

    private static async Task<DownPlan> PlanAsync(RunSession session, MigrationFolder folder, string version, CancellationToken cancellation)
    {
        var history = await session.ReadHistoryAsync(folder, cancellation);
        var unfinished = await Unfinished.ReadAsync(session, folder, history, cancellation);
        await unfinished.RequireProvedAsync(session, history, folder, cancellation);
        unfinished.RequireNothingHalfApplied();
        return PlanOf(folder, history, version) with { Continued = unfinished.Halves };
    }

    private static DownPlan PlanOf(MigrationFolder folder, HistoryState history, string version)
    {
        var target = folder.Meant(version, history.Applied) ?? throw NotApplied(folder, history, version);
        var newestFirst = history.Applied[history.Applied.IndexOf(target)..].Reverse().ToList();
        var scripts = folder.Migrations.ToDictionary(m => m.Name, StringComparer.Ordinal);
        var without = newestFirst.Where(n => !scripts.TryGetValue(n, out var file) || file.Down is null).ToList();
        if (without.Count > 0)
        {
            throw Irreversible(folder, without, newestFirst.Count);
        }

        ImmutableArray<MigrationFile> downs = [.. newestFirst.Select(n => scripts[n].Down!)];
        foreach (var down in downs)
        {
            // Every one can be read before the first is run.
            _ = down.Script;
        }

        return new DownPlan(target, folder.Layout, downs, [.. history.Edited.Where(newestFirst.Contains)]);
    }

    private static ProblemException NotApplied(MigrationFolder folder, HistoryState history, string version)
    {
        var pending = folder.Meant(version, history.Pending);
        return new ProblemException(new Problem(
            "SL5026",
            pending is null ? $"There is no applied migration `{version}`." : $"The migration `{pending}` is not applied, so there is nothing to undo.")
        {
            Remedies = history.Applied.IsEmpty ? ["Nothing is applied: sluice status"] : [$"Applied, newest first: {string.Join(", ", history.Applied.Reverse().Take(5))}"],
        });
    }

    private static ProblemException Irreversible(MigrationFolder folder, List<string> without, int total)
    {
        var files = without.Select(n => folder.Layout is MigrationLayout.Versioned
            ? Path.Combine(folder.Path, n + ".down.sql")
            : Path.Combine(folder.Path, n, MigrationFile.DownFileName)).ToList();
        return new ProblemException(new Problem(
            "SL5025",
            $"{(total == 1 ? "The migration cannot be undone" : "These migrations cannot all be undone")}, so nothing is: there is no\n{string.Join('\n', files.Select(f => "  " + f))}")
        {
            Remedies =
            [
                "Write the SQL that undoes the migration into that file, or restore it from version control.",
                "Where data that is gone must come back, restore a backup instead.",
            ],
        });
    }
}

/// <param name="Target">The lowest migration to undo.</param>
/// <param name="Migrations">The down scripts, under their migrations' names, in the order they run.</param>
/// <param name="Edited">Those whose up script was changed after it was applied: their down script may undo something else.</param>
public sealed record DownPlan(string Target, MigrationLayout Layout, ImmutableArray<MigrationFile> Migrations, ImmutableArray<string> Edited)
{
    /// <summary>Those of which an earlier run undid a part: they go on there.</summary>
    public ImmutableArray<HalfDone> Continued { get; init; } = [];
}
