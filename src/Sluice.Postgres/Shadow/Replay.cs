using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow.Cache;

namespace Sluice.Postgres.Shadow;

/// <summary>Applies migrations to an empty scratch database and reads what they make.</summary>
public static class Replay
{
    /// <summary>The catalog after all of <paramref name="migrations"/>: one side of `migrate diff --from-migrations`.</summary>
    /// <exception cref="ProblemException">P3006 with the migration and the statement, P3014.</exception>
    public static async Task<Database> CatalogAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation = default) =>
        (await CatalogsAsync(settings, [migrations], cancellation))[0];

    /// <summary>The same with one script more, as if it were the next migration.</summary>
    /// <exception cref="ProblemException">P3006, P3014, SL5004: the script fails after the migrations.</exception>
    internal static async Task<Database> CatalogAfterAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, string script, CancellationToken cancellation)
    {
        var cache = await ReplayCache.OpenAsync(settings, migrations, cancellation);
        await using var shadow = await OpenAsync(settings, cache, migrations, cancellation);
        if (await shadow.RunAsync(script, cancellation) is { } failure)
        {
            throw Failed(failure, settings);
        }

        var made = await shadow.ReadAsync(cancellation);
        cache.StoreAfter(script, made);
        return made;
    }

    /// <summary>Of a script that was to be run after the migrations.</summary>
    internal static ProblemException Failed(ScriptFailure failure, RunSettings settings) => new(
        new Problem("SL5004", "The script failed in the shadow database, after the migrations.") { Statement = failure.Describe(null, null, settings.Address) },
        failure.Cause);

    /// <summary>The same for a bare script, `--from-sql`.</summary>
    /// <exception cref="ProblemException">SL5004 with the statement, P3014.</exception>
    public static Task<Database> CatalogOfScriptAsync(RunSettings settings, string script, string? file, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
            return await shadow.RunAsync(script, cancellation) is { } failure
                ? throw new ProblemException(
                    failure.On(new Problem("SL5004", $"The script{(file is null ? "" : " " + file)} failed in the shadow database."), failure.Describe(null, file, settings.Address)),
                    failure.Cause)
                : await shadow.ReadAsync(cancellation);
        });

    /// <summary>One replay, read after each of the parts: part two goes on where part one ended.</summary>
    internal static Task<ImmutableArray<Database>> CatalogsAsync(
        RunSettings settings,
        ImmutableArray<ImmutableArray<MigrationFile>> parts,
        CancellationToken cancellation) =>
        Operation.RunAsync(settings, async () =>
        {
            ImmutableArray<MigrationFile> migrations = [.. parts.SelectMany(p => p)];
            int[] ends = [.. parts.Select((_, i) => parts[..(i + 1)].Sum(p => p.Length))];
            var cache = await ReplayCache.OpenAsync(settings, migrations, cancellation);
            var known = ends.Distinct().ToDictionary(e => e, cache.Find);
            int[] unknown = [.. ends.Distinct().Where(e => known[e] is null)];
            if (unknown.Length > 0)
            {
                await using var shadow = await ShadowDatabase.OpenAsync(settings, cache.Keys, unknown[0], cancellation);
                var done = shadow.Begun;
                foreach (var end in unknown)
                {
                    await ApplyAsync(shadow, migrations[..unknown[^1]], done, end, settings, cancellation);
                    cache.Store(end, (known[end] = await shadow.ReadAsync(cancellation))!);
                    done = end;
                }

                await shadow.KeepAsync(cache.Keys, done, cancellation);
            }

            return ends.Select(e => known[e]!).ToImmutableArray();
        });

    /// <summary>A shadow database in which the migrations were run, for who wants to run more in it.</summary>
    internal static async Task<ShadowDatabase> OpenAsync(RunSettings settings, ReplayCache cache, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation)
    {
        var first = await ReplayedAsync(settings, cache, migrations, cancellation);
        if (!await first.KeepAsync(cache.Keys, migrations.Length, cancellation))
        {
            return first;
        }

        // It is a template now; what is run further must be run in a copy.
        await first.DisposeAsync();
        return await ReplayedAsync(settings, cache, migrations, cancellation);
    }

    private static async Task<ShadowDatabase> ReplayedAsync(RunSettings settings, ReplayCache cache, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation)
    {
        var shadow = await ShadowDatabase.OpenAsync(settings, cache.Keys, migrations.Length, cancellation);
        try
        {
            await ApplyAsync(shadow, migrations, shadow.Begun, migrations.Length, settings, cancellation);
            return shadow;
        }
        catch
        {
            await shadow.DisposeAsync();
            throw;
        }
    }

    private static async Task ApplyAsync(ShadowDatabase shadow, ImmutableArray<MigrationFile> migrations, int from, int to, RunSettings settings, CancellationToken cancellation)
    {
        for (var i = from; i < to; i++)
        {
            await ApplyAsync(shadow, migrations[i], settings, cancellation);
            settings.Progress?.Report(new RunEvent.Replaying(i + 1, migrations.Length));
        }
    }

    /// <exception cref="ProblemException">P3006 with the migration and the statement.</exception>
    internal static async Task ApplyAsync(ShadowDatabase shadow, MigrationFile migration, RunSettings settings, CancellationToken cancellation)
    {
        if (await shadow.RunAsync(migration.Script, cancellation) is { } failure)
        {
            throw new ProblemException(
                failure.On(
                    new Problem("P3006", $"Migration `{migration.Name}` failed to apply cleanly to the shadow database.")
                    {
                        Remedies =
                        [
                            "Every migration must apply to an empty database, after those before it in the folder.",
                            $"Not applied anywhere yet: correct {migration.Path}",
                            "Applied already, and the file was changed or an earlier one is gone: bring the files back from version control.",
                        ],
                    },
                    failure.Describe(migration.Name, migration.Path, settings.Address) with { State = "The shadow database is gone again; the live one was not touched." }),
                failure.Cause);
        }
    }
}
