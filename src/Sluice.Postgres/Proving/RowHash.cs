using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;

namespace Sluice.Postgres.Proving;

/// <summary>What a table holds: how many rows, a hash over them in whatever order, and one over each column to say which differs.</summary>
/// <param name="Order">The columns as they were asked for.</param>
internal sealed record RowHash(long Rows, string Whole, ImmutableArray<string> Order, ImmutableArray<string> Columns)
{
    public static async Task<RowHash> ReadAsync(NpgsqlConnection connection, ObjectName table, ImmutableArray<string> columns, CancellationToken cancellation)
    {
        var quoted = columns.Select(c => "r." + ServerConnection.Quote(c)).ToList();
        var hashes = quoted.Select(Sum).Prepend(Sum(string.Join(", ", quoted)));
        await using var command = new NpgsqlCommand(
            $"SELECT count(*), ARRAY[{string.Join(", ", hashes)}] FROM {ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)} AS r",
            connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var found = reader.GetFieldValue<string[]>(1);
        return new RowHash(reader.GetInt64(0), found[0], columns, [.. found.Skip(1)]);
    }

    /// <summary>What <paramref name="found"/> has otherwise, in words; null where nothing.</summary>
    public string? To(RowHash found)
    {
        if (Rows != found.Rows)
        {
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{found.Rows} rows instead of {Rows}");
        }

        if (Whole == found.Whole)
        {
            return null;
        }

        var other = Order.Where((_, i) => found.Columns[i] != Columns[i]).Select(c => $"`{c}`").ToList();
        return other.Count > 0 ? $"other values in {string.Join(", ", other)}" : "the same values in other rows";
    }

    private static string Sum(string columns) => RowDigest.Sum(RowDigest.Of($"ROW({columns})")) + "::text";
}
