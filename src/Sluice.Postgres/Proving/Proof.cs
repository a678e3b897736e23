using System.Collections.Immutable;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;

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
            var first = Math.Max(0, Array.FindIndex([.. migrations], m => names.Contains(m.Name)));
            var shadow = await OpenAsync(settings, migrations[..first], cancellation);
            try
            {
                for (var i = first; i <= last; i++)
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
                        shadow = await OpenAsync(settings, migrations[..(i + 1)], cancellation);
                    }
                }
            }
            finally
            {
                await shadow.DisposeAsync();
            }

            return results.ToImmutable();
        });

    private static async Task<ShadowDatabase> OpenAsync(RunSettings settings, ImmutableArray<MigrationFile> migrations, CancellationToken cancellation) =>
        await Replay.OpenAsync(settings, await ReplayCache.OpenAsync(settings, migrations, cancellation), migrations, cancellation);

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
