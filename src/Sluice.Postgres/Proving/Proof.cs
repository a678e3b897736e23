using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Proving;

/// <summary>`migrate verify`: each migration up, down and up again on a scratch database, without rows and with.</summary>
public static class Proof
{
    /// <summary>Proves the migrations whose names are given, in the folder's order, and keeps the record of it beside their scripts.</summary>
    /// <exception cref="ProblemException">P3006 a migration does not apply at all, P3014, P3015, P3019.</exception>
    public static Task<ImmutableArray<ProofResult>> RunAsync(
        RunSettings settings,
        MigrationFolder folder,
        IReadOnlySet<string> names,
        CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var migrations = folder.RequireScripts().Migrations;
            var results = ImmutableArray.CreateBuilder<ProofResult>();
            var last = Array.FindLastIndex([.. migrations], m => names.Contains(m.Name));
            var shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
            try
            {
                for (var i = 0; i <= last; i++)
                {
                    var migration = migrations[i];
                    var before = names.Contains(migration.Name) && migration.Down is not null
                        ? await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation)
                        : null;
                    await Replay.ApplyAsync(shadow, migration, settings, cancellation);
                    settings.Progress?.Report(new RunEvent.Replaying(i + 1, last + 1));
                    if (!names.Contains(migration.Name))
                    {
                        continue;
                    }

                    var result = before is null
                        ? new ProofResult(migration.Name, ProofVerdict.Unproved, "It has no down script.", ShapeDifference.None)
                        : await RoundTrip.RunAsync(shadow, settings, before, migration.Name, migration.Script, migration.Down!.Script, cancellation);
                    results.Add(Record(migrations, migration, result));
                    if ((result.Verdict is ProofVerdict.Failed || result.LeavesRows) && i < last)
                    {
                        // What the down script or the rows left behind must not be held against the next one.
                        await shadow.DisposeAsync();
                        shadow = await ShadowDatabase.OpenAsync(settings, cancellation);
                        foreach (var done in migrations[..(i + 1)])
                        {
                            await Replay.ApplyAsync(shadow, done, settings, cancellation);
                        }
                    }
                }
            }
            finally
            {
                await shadow.DisposeAsync();
            }

            return results.ToImmutable();
        });

    private static ProofResult Record(ImmutableArray<MigrationFile> migrations, MigrationFile migration, ProofResult result)
    {
        switch (result.Verdict)
        {
            case ProofVerdict.Proved:
                ProofRecord.Write(migrations, migration, result);
                break;
            case ProofVerdict.Failed:
                ProofRecord.Withdraw(migration);
                break;
            default:
                break;
        }

        return result;
    }
}
