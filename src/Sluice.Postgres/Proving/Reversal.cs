using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Sql;

namespace Sluice.Postgres.Proving;

/// <summary>Writes the way back over a migration that is about to be made, and proves it at once.</summary>
/// <param name="Script">The text of down.sql.</param>
/// <param name="Proof">How it fared on a scratch database.</param>
public sealed record Reversal(string Script, ProofResult Proof)
{
    /// <summary>
    /// Replays what is there, runs the new script, and takes the difference of what the server has before and after: only
    /// the server knows what it called the sequences. What was renamed on the way, it does not know. Null where there is nothing to take back.
    /// </summary>
    /// <param name="required">Told what the script makes; throws where that is not what is wanted, and so does this where the script fails.</param>
    internal static async Task<Reversal?> MakeAsync(
        RunSettings settings,
        ImmutableArray<MigrationFile> migrations,
        string up,
        Archives archives,
        ImmutableArray<Rename> renames,
        CancellationToken cancellation,
        bool online = false,
        Action<Database>? required = null)
    {
        var cache = await ReplayCache.OpenAsync(settings, migrations, cancellation);
        await using var shadow = await Replay.OpenAsync(settings, cache, migrations, cancellation);
        var (before, shape) = (await shadow.ReadAsync(cancellation), await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation));
        if (await shadow.RunAsync(up, cancellation) is { } failure)
        {
            // Whoever applies it will be told, with the place.
            return required is null ? null : throw Replay.Failed(failure, settings);
        }

        // The next `migrate dev` asks for just this: what to plan from, and the whole to find drift against.
        var after = await shadow.ReadAsync(cancellation);
        cache.StoreAfter(up, after);
        required?.Invoke(after);
        if (!after.SeesObjects)
        {
            cache.StoreAfter(up, await SeenCatalog.ReadAsync(settings with { SeesObjects = true }, await shadow.SessionAsync(cancellation), cancellation));
        }

        var renamed = after with { Renames = renames };
        var down = online ? Migration.OnlineDown(before, renamed, archives) : Migration.Down(before, renamed, archives);
        return down.Length == 0
            ? null
            : new Reversal(down, await RoundTrip.RunAsync(shadow, settings, shape, archives.Migration, up, down, cancellation));
    }
}
