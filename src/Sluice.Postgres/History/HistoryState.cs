using System.Collections.Immutable;

namespace Sluice.Postgres.History;

/// <summary>Folder and history table laid side by side. Names are in the order they apply.</summary>
/// <param name="Applied">Finished, and on disk or not.</param>
/// <param name="Pending">On disk, to be applied.</param>
/// <param name="Failed">Started, neither finished nor rolled back.</param>
/// <param name="RolledBack">Rows marked as rolled back whose migration has not been applied since.</param>
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
    bool TableExists);
