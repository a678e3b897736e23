using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Plan;

namespace Sluice.Postgres.Verifying;

/// <summary>Is it the same under a new name? And what would be gone if it is, and nobody said so.</summary>
/// <param name="Values">Rows of the table, or values of the column or of all columns of the enum; null where they could not be counted.</param>
public sealed record RenameQuestion(RenameCandidate Candidate, long? Values)
{
    /// <summary>Where the values are, in the database as it is.</summary>
    private ImmutableArray<DataLossCheck> Evidence { get; init; } = [];

    internal static RenameQuestion Of(RenameCandidate candidate, Database from) => new(candidate, null)
    {
        Evidence = candidate.Rename switch
        {
            Rename.Table => [new DataLossCheck.NonEmptyTableDrop(0, candidate.Holder)],
            Rename.Column column => [new DataLossCheck.NonEmptyColumnDrop(0, candidate.Holder, column.From)],
            _ => [.. from.Tables.Items.SelectMany(t => t.Columns.Items
                .Where(c => c.Type is ColumnType.Enum { Name: var type } && type == candidate.Holder)
                .Select(c => new DataLossCheck.NonEmptyColumnDrop(0, t.Name, c.Name)))],
        },
    };

    internal static async Task<ImmutableArray<RenameQuestion>> CountAsync(
        ImmutableArray<RenameQuestion> questions, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var counts = await RowCounts.ReadAsync(connection, [.. questions.SelectMany(q => q.Evidence).Distinct()], new NamesBefore([]), cancellation);
        return [.. questions.Select(q => q with { Values = q.Sum(counts) })];
    }

    private long? Sum(DataCounts counts)
    {
        long? sum = 0;
        foreach (var check in Evidence)
        {
            sum += check.Column is { } column
                ? counts.Values.TryGetValue((check.Table!.Value, column), out var values) ? values : null
                : counts.Rows.TryGetValue(check.Table!.Value, out var rows) ? rows : null;
        }

        return sum;
    }
}
