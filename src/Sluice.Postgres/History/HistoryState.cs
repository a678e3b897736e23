using System.Collections.Immutable;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.History;

/// <summary>Folder and history table laid side by side. Names are in the order they apply.</summary>
/// <param name="Applied">Finished, and on disk or not.</param>
/// <param name="Pending">On disk, to be applied.</param>
/// <param name="Failed">Started, neither finished nor rolled back.</param>
/// <param name="RolledBack">Marked as rolled back and not applied since.</param>
/// <param name="Edited">Applied, and the file is another one today (line ends aside).</param>
/// <param name="Missing">Applied, and no longer on disk.</param>
/// <param name="OutOfOrder">Pending, though a later name has been applied.</param>
/// <param name="TableExists">False when the database has no history yet.</param>
public sealed record HistoryState(
    ImmutableArray<HistoryRow> Rows,
    ImmutableArray<string> Applied,
    ImmutableArray<string> Pending,
    ImmutableArray<HistoryRow> Failed,
    ImmutableArray<string> RolledBack,
    ImmutableArray<string> Edited,
    ImmutableArray<string> Missing,
    ImmutableArray<string> OutOfOrder,
    bool TableExists)
{
    /// <param name="rows">Null when there is no history table.</param>
    public static HistoryState Compare(MigrationFolder folder, ImmutableArray<HistoryRow>? rows)
    {
        var all = rows ?? [];
        var current = all.Where(r => r.RolledBackAt is null).ToLookup(r => r.MigrationName, StringComparer.Ordinal);
        var applied = all.Where(r => r.IsApplied).Select(r => r.MigrationName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        var onDisk = folder.Names;
        var names = onDisk.ToHashSet(StringComparer.Ordinal);
        ImmutableArray<string> pending = [.. onDisk.Where(n => !current.Contains(n))];
        return new HistoryState(
            all,
            applied,
            pending,
            [.. all.Where(r => r.IsFailed)],
            [.. all.Where(r => r.RolledBackAt is not null && !current.Contains(r.MigrationName)).Select(r => r.MigrationName).Distinct(StringComparer.Ordinal)],
            [.. folder.Migrations.Where(m => IsEdited(m, current[m.Name])).Select(m => m.Name)],
            [.. applied.Where(n => !names.Contains(n))],
            [.. pending.Where(n => applied is [.., var last] && string.CompareOrdinal(n, last) < 0)],
            rows is not null);
    }

    // Several rows of one name are possible in old histories; the file is the one that was applied when any of them agrees.
    private static bool IsEdited(MigrationFile migration, IEnumerable<HistoryRow> rows)
    {
        var applied = rows.Where(r => r.IsApplied).ToList();
        return applied.Count > 0 && !applied.Exists(r => Checksums.Matches(migration.Bytes.AsSpan(), r.Checksum));
    }
}
