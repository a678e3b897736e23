using Npgsql;

namespace Sluice.Postgres.Reading;

/// <summary>The results of a batch, one after the other.</summary>
internal sealed class ResultReader(NpgsqlDataReader reader, CancellationToken cancellation)
{
    private bool first = true;

    /// <summary>Calls <paramref name="row"/> for each row of the next result.</summary>
    public async Task ForEachAsync(Action<NpgsqlDataReader> row)
    {
        if (!first)
        {
            await reader.NextResultAsync(cancellation);
        }

        first = false;
        while (await reader.ReadAsync(cancellation))
        {
            row(reader);
        }
    }
}

internal static class RowReading
{
    public static string Text(this NpgsqlDataReader row, int column) => row.GetString(column);

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static uint Oid(this NpgsqlDataReader row, int column) => row.GetFieldValue<uint>(column);

    public static short[] Numbers(this NpgsqlDataReader row, int column) => row.GetFieldValue<short[]>(column);
}
