using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate resolve --adopt`: the migration that makes what the live database has, marked as applied there.</summary>
public static class Adopt
{
    /// <param name="answered">Renames (history → live) that a person has told of.</param>
    /// <exception cref="ProblemException">SL5060: drift cannot be told, or migrations are pending; SL5024 versioned files.</exception>
    public static Task<DriftRemedy> PlanAsync(RunSettings settings, ImmutableArray<Rename> answered, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            if (await session.ReadHistoryAsync(folder, cancellation) is { Pending: { IsEmpty: false } pending })
            {
                throw new ProblemException(new Problem("SL5060", $"`{pending[0]}` is pending: what is adopted comes after it, and must not be made before it.")
                {
                    Remedies = ["Apply what is pending first: sluice migrate deploy"],
                });
            }

            return await DriftRemedy.FindAsync(settings, session, folder, answered, d => SchemaProposal.Exactly(d.Made, d.Found, d.Renames, []), cancellation);
        });

    /// <summary>Writes the migration once a scratch database has shown that it makes what is there, and marks it as applied.</summary>
    /// <exception cref="ProblemException">SL5062: it makes something else; SL5007: the database is no longer what was looked at; P3010 the title is too long.</exception>
    public static Task<MigrationFile> ApplyAsync(RunSettings settings, DriftRemedy remedy, string title, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = RequireFolders(MigrationFolder.Read(settings.MigrationsPath));
            var script = remedy.Proposal.Script;
            var made = await Replay.CatalogAfterAsync(settings with { SeesObjects = true }, remedy.Applied, script, cancellation);
            if (CatalogDiffer.Diff(made, remedy.Whole.Found) is { IsEmpty: false } left)
            {
                throw new ProblemException(new Problem("SL5062", $"The migration would not make what the database has: {left.Length} of {remedy.Drift.Length} differences would be left. Nothing was written.")
                {
                    Remedies = ["See the script, complete it by hand, and mark it: sluice migrate resolve --adopt --dry-run, then sluice migrate resolve --applied NAME"],
                });
            }

            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await remedy.RequireSameAsync(settings, session.Connection, cancellation);
            var created = NewMigration.Create(folder.Path, NewMigration.NameFor(title, settings.Clock, folder.Names), script);
            try
            {
                await Resolve.MarkAppliedAsync(session, folder, created, cancellation);
            }
            catch
            {
                // It would be pending otherwise, and fail on what is there already.
                NewMigration.TakeBack(created);
                throw;
            }

            return created;
        });

    private static MigrationFolder RequireFolders(MigrationFolder folder) => folder.Layout is MigrationLayout.Folder
        ? folder
        : throw new ProblemException(new Problem("SL5024", $"The migrations in {folder.Path} are versioned files, which are written by hand.")
        {
            Remedies =
            [
                "Print the SQL, put it into the next pair of files, {version}_{description}.up.sql and .down.sql: sluice migrate resolve --adopt --dry-run",
                "Then mark it: sluice migrate resolve --applied VERSION",
            ],
        });
}
