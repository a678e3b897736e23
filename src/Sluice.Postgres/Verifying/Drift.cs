using System.Collections.Immutable;
using Npgsql;
using Sluice.Diff;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Verifying;

/// <summary>Whether the live database is what its history makes.</summary>
internal static class Drift
{
    /// <summary>Without the very scripts that were applied there is nothing to compare with: their effects would look like drift.</summary>
    public static bool CanBeTold(HistoryState history) =>
        history.Failed.IsEmpty && history.Edited.IsEmpty && history.Missing.IsEmpty;

    public static async Task<ImmutableArray<Change>> FindAsync(
        RunSettings settings,
        NpgsqlConnection live,
        MigrationFolder folder,
        HistoryState history,
        CancellationToken cancellation)
    {
        var made = await Replay.CatalogAsync(settings, AppliedOf(folder, history), cancellation);
        var found = await SeenCatalog.ReadAsync(settings, live, cancellation);
        return CatalogDiffer.Diff(made, found);
    }

    public static ImmutableArray<MigrationFile> AppliedOf(MigrationFolder folder, HistoryState history)
    {
        var applied = history.Applied.ToHashSet(StringComparer.Ordinal);
        return [.. folder.Migrations.Where(m => applied.Contains(m.Name))];
    }
}
