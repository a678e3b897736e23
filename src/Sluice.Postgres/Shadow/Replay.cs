using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Shadow;

/// <summary>Applies migrations to an empty scratch database and reads what they make.</summary>
public static class Replay
{
    /// <summary>The catalog after all of <paramref name="migrations"/>: one side of `migrate diff --from-migrations`.</summary>
    /// <exception cref="ProblemException">P3006 with the migration and the statement, P3014.</exception>
    public static async Task<Database> CatalogAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation = default) =>
        (await CatalogsAsync(settings, [migrations], cancellation))[0];

    /// <summary>The same for a bare script, `--from-sql`.</summary>
    /// <exception cref="ProblemException">SL5004 with the statement, P3014.</exception>
    public static Task<Database> CatalogOfScriptAsync(RunSettings settings, string script, string? file, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
            return await shadow.RunAsync(script, cancellation) is { } failure
                ? throw new ProblemException(
                    new Problem("SL5004", $"The script{(file is null ? "" : " " + file)} failed in the shadow database.") { Statement = failure.Describe(null, file, settings.Address) },
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
            await using var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
            var catalogs = ImmutableArray.CreateBuilder<Database>();
            var total = parts.Sum(p => p.Length);
            var done = 0;
            foreach (var part in parts)
            {
                foreach (var migration in part)
                {
                    await ApplyAsync(shadow, migration, settings, cancellation);
                    settings.Progress?.Report(new RunEvent.Replaying(++done, total));
                }

                catalogs.Add(part.IsEmpty && catalogs.Count > 0 ? catalogs[^1] : await shadow.ReadAsync(cancellation));
            }

            return catalogs.ToImmutable();
        });

    /// <exception cref="ProblemException">P3006 with the migration and the statement.</exception>
    internal static async Task ApplyAsync(ShadowDatabase shadow, MigrationFile migration, RunSettings settings, CancellationToken cancellation)
    {
        if (await shadow.RunAsync(migration.Script, cancellation) is { } failure)
        {
            throw new ProblemException(
                new Problem("P3006", $"Migration `{migration.Name}` failed to apply cleanly to the shadow database.")
                {
                    Statement = failure.Describe(migration.Name, migration.Path, settings.Address) with
                    {
                        State = "The shadow database is gone again; the live one was not touched.",
                    },
                    Remedies =
                    [
                        "Every migration must apply to an empty database, after those before it in the folder.",
                        $"Not applied anywhere yet: correct {migration.Path}",
                        "Applied already, and the file was changed or an earlier one is gone: bring the files back from version control.",
                    ],
                },
                failure.Cause);
        }
    }
}
