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
    /// <summary>Applied under one name, and on disk under another.</summary>
    public ImmutableArray<RenamedMigration> Renamed { get; init; } = [];

    /// <summary>Applied in the shape of the migrations they stand for, which the history has to be told yet.</summary>
    public ImmutableArray<string> Unrecorded { get; init; } = [];

    /// <summary>Squashes of which the database has some of the migrations they stand for: neither all nor none.</summary>
    public ImmutableArray<PartialSquash> PartlySquashed { get; init; } = [];

    /// <param name="rows">Null when there is no history table.</param>
    public static HistoryState Compare(MigrationFolder folder, ImmutableArray<HistoryRow>? rows)
    {
        var squashed = SquashedRows.Of(folder, rows ?? []);
        var all = squashed.Rows;
        var order = folder.OrderWith(all.Select(r => r.MigrationName));
        var onDisk = folder.Names;
        var names = onDisk.ToDictionary(folder.KeyOf, n => n, StringComparer.Ordinal);
        var current = all.Where(r => r.RolledBackAt is null).ToLookup(r => folder.KeyOf(r.MigrationName), StringComparer.Ordinal);
        var applied = all.Where(r => r.IsApplied).Select(NameOf).Distinct(StringComparer.Ordinal).Order(order).ToImmutableArray();
        ImmutableArray<string> pending = [.. onDisk.Where(n => !current.Contains(folder.KeyOf(n)))];
        ImmutableArray<string> missing = [.. applied.Where(n => !names.ContainsKey(folder.KeyOf(n)))];
        return new HistoryState(
            all,
            applied,
            pending,
            [.. all.Where(r => r.IsFailed)],
            [.. all.Where(r => r.RolledBackAt is not null && !current.Contains(folder.KeyOf(r.MigrationName))).Select(r => r.MigrationName).Distinct(StringComparer.Ordinal)],
            [.. folder.Migrations.Where(m => IsEdited(m, current[folder.KeyOf(m.Name)])).Select(m => m.Name)],
            missing,
            [.. pending.Where(n => applied is [.., var last] && order.Compare(n, last) < 0)],
            rows is not null)
        {
            Unrecorded = squashed.Unrecorded,
            PartlySquashed = squashed.Partial,
            Renamed =
            [
                .. all.Where(r => r.IsApplied && NameOf(r) != r.MigrationName).Select(r => new RenamedMigration(r.MigrationName, NameOf(r))),
                .. Moved(folder, all, missing, pending),
            ],
        };

        string NameOf(HistoryRow row) => names.GetValueOrDefault(folder.KeyOf(row.MigrationName), row.MigrationName);
    }

    /// <summary>Those whose new name is a migration of its own, yet to be applied.</summary>
    public ImmutableArray<RenamedMigration> RenamedToPending => [.. Renamed.Where(r => Pending.Contains(r.To))];

    // What is gone and what is new have the same text: it was given another name.
    private static IEnumerable<RenamedMigration> Moved(
        MigrationFolder folder,
        ImmutableArray<HistoryRow> rows,
        ImmutableArray<string> missing,
        ImmutableArray<string> pending)
    {
        if (missing.IsEmpty || pending.IsEmpty)
        {
            return [];
        }

        var gone = missing.ToHashSet(StringComparer.Ordinal);
        var fresh = pending.ToHashSet(StringComparer.Ordinal);
        return
            from row in rows
            where row.IsApplied && gone.Contains(row.MigrationName)
            from file in folder.Migrations
            where fresh.Contains(file.Name) && Checksums.Matches(file.Bytes.AsSpan(), row.Checksum)
            select new RenamedMigration(row.MigrationName, file.Name);
    }

    // Several rows of one name are possible in old histories; the file is the one that was applied when any of them agrees.
    private static bool IsEdited(MigrationFile migration, IEnumerable<HistoryRow> rows)
    {
        var applied = rows.Where(r => r.IsApplied).ToList();
        return applied.Count > 0 && !applied.Exists(r => Checksums.Matches(migration.Bytes.AsSpan(), r.Checksum));
    }
}

/// <param name="From">As the history has it.</param>
/// <param name="To">As it is on disk.</param>
public sealed record RenamedMigration(string From, string To);
