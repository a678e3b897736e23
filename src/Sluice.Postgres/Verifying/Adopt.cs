using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate resolve --adopt`: the migration that makes what the live database has, marked as applied there.</summary>
public static class Adopt
{
    /// <param name="answered">Renames (history → live) that a person has told of.</param>
    /// <exception cref="ProblemException">SL5060: drift cannot be told, or migrations are pending.</exception>
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

    /// <summary>Writes the migration, with its way back, once a scratch database has shown that it makes what is there, and marks it as applied.</summary>
    /// <exception cref="ProblemException">SL5062: it makes something else; SL5007: the database is no longer what was looked at; P3010 the title is too long; SL5024 versions that are no numbers.</exception>
    public static Task<(MigrationFile Created, Reversal? Back)> ApplyAsync(RunSettings settings, DriftRemedy remedy, string title, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            var name = NewMigration.NameIn(folder, title, settings.Clock) ?? throw new ProblemException(WithoutNumbers(folder));
            var script = remedy.Proposal.Script;
            var whole = settings with { SeesObjects = true };
            var back = await Reversal.MakeAsync(whole, remedy.Applied, script, new Archives(name, Above: false), remedy.Whole.Renames, cancellation, required: Require);
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            await remedy.RequireSameAsync(settings, session.Connection, cancellation);
            var created = NewMigration.CreateIn(folder, name, script, back?.Script);
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

            if (back is { Proof.Verdict: ProofVerdict.Proved })
            {
                ProofRecord.Write([.. folder.Migrations, created], created, back.Proof);
            }

            return (created, back);

            void Require(Database made)
            {
                if (CatalogDiffer.Diff(made, remedy.Whole.Found) is { IsEmpty: false } left)
                {
                    throw new ProblemException(new Problem("SL5062", $"The migration would not make what the database has: {left.Length} of {remedy.Drift.Length} differences would be left. Nothing was written.")
                    {
                        Remedies = ["See the script, complete it by hand, and mark it: sluice migrate resolve --adopt --dry-run, then sluice migrate resolve --applied NAME"],
                    });
                }
            }
        });

    private static Problem WithoutNumbers(MigrationFolder folder) => new("SL5024", $"The versions of the files in {folder.Path} are no numbers, so which one comes next only you know.")
    {
        Remedies =
        [
            "Print the SQL, put it into the next pair of files, {version}_{description}.up.sql and .down.sql: sluice migrate resolve --adopt --dry-run",
            "Then mark it: sluice migrate resolve --applied VERSION",
        ],
    };
}
