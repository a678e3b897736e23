using System.Collections.Immutable;
using Npgsql;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <summary>Rows of a table, how many there are, and where to jump to among very many.</summary>
internal static class Rows
{
    /// <summary>Up to here rows are counted and skipped one by one.</summary>
    public const long Few = 50_000;

    // Of a large table, so many places to jump to, out of a sample so large.
    private const int Places = 500;
    private const int Sampled = 20_000;

    public static async Task<RowsPage> ReadAsync(NpgsqlConnection connection, OutlineTable table, RowsRequest request, CancellationToken cancellation)
    {
        var limit = Math.Clamp(request.Limit, 1, RowsRequest.Most);
        var backwards = request.FromEnd || request.Before is not null;
        var cursor = request.After ?? request.Before;
        if (cursor is { } given && (table.Identity.IsEmpty || given.Length != RowsQuery.Cursor(table, request.Sort).Count()))
        {
            throw new RefusedException(400, "The place to go on from is not one of this table.");
        }

        if (table.Identity.IsEmpty && request.FromEnd)
        {
            throw new RefusedException(400, $"{table.Schema}.{table.Name} has no end to read from: nothing tells its rows apart.", "Go to a row by its number.");
        }

        if (table.Identity.IsEmpty || (cursor is null && !backwards && request.Offset > 0))
        {
            var found = await RunAsync(connection, table, request.Sort, RowsQuery.ReadFrom(table, request, Math.Max(0, request.Offset), limit + 1), cancellation);
            return new RowsPage([.. found.Take(limit)], found.Count > limit);
        }

        var stretches = RowsQuery.StretchesOf(table, request.Sort).AsEnumerable();
        if (backwards)
        {
            stretches = stretches.Reverse();
        }

        var rows = new List<Row>();
        var from = cursor is { } at ? RowsQuery.StretchOf(table, request.Sort, at) : (RowsQuery.Stretch?)null;
        foreach (var stretch in from is null ? stretches : stretches.SkipWhile(s => s != from))
        {
            var wanted = limit + 1 - rows.Count;
            if (wanted > 0)
            {
                rows.AddRange(await RunAsync(connection, table, request.Sort, RowsQuery.Read(table, request, stretch, stretch == from ? cursor!.Value : null, backwards, wanted), cancellation));
            }
        }

        var page = rows.Take(limit);
        return new RowsPage([.. backwards ? page.Reverse() : page], rows.Count > limit);
    }

    /// <summary>How many there are: exact where that takes little, else as the server estimates.</summary>
    public static async Task<(long Count, bool IsExact)> CountAsync(NpgsqlConnection connection, OutlineTable table, Selection selection, CancellationToken cancellation)
    {
        var values = new SqlValues();
        var conditions = Filter.All(table, selection.Filters, values).ToList();
        if (conditions.Count == 0 && table.Rows > Few)
        {
            return (table.Rows, false);
        }

        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        await using var limited = new NpgsqlCommand("SAVEPOINT counting; SET LOCAL statement_timeout = '1s'", connection);
        await limited.ExecuteNonQueryAsync(cancellation);
        try
        {
            await using var count = values.With($"SELECT count(*) FROM {table.Sql}{where}").For(connection);
            return (long.Parse((string)(await count.ExecuteScalarAsync(cancellation))!, System.Globalization.CultureInfo.InvariantCulture), true);
        }
        catch (PostgresException late) when (late.SqlState is PostgresErrorCodes.QueryCanceled && !cancellation.IsCancellationRequested)
        {
            await using var back = new NpgsqlCommand("ROLLBACK TO SAVEPOINT counting", connection);
            await back.ExecuteNonQueryAsync(cancellation);
            await using var guess = values.With($"EXPLAIN (FORMAT JSON) SELECT FROM {table.Sql}{where}").For(connection);
            using var plan = System.Text.Json.JsonDocument.Parse((string)(await guess.ExecuteScalarAsync(cancellation))!);
            return ((long)plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble(), false);
        }
    }

    /// <summary>Cursors that cut the rows into pieces of about one size, by a sample of the table's blocks: where a jump goes.</summary>
    public static async Task<ImmutableArray<ImmutableArray<string?>>> PlacesAsync(NpgsqlConnection connection, OutlineTable table, Selection selection, CancellationToken cancellation)
    {
        if (!table.CanBeSampled || table.Identity.IsEmpty || table.Rows <= Few)
        {
            return [];
        }

        var values = new SqlValues();
        var conditions = Filter.All(table, selection.Filters, values).ToList();
        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var direction = selection.Sort is { IsDescending: true } ? " DESC" : "";
        var cursor = RowsQuery.Cursor(table, selection.Sort).ToList();
        var order = cursor.Select((c, i) => i == 0 && selection.Sort is not null ? $"{c} IS NOT DISTINCT FROM NULL, {c}{direction}" : c + direction);
        var share = Math.Min(100, 100.0 * Sampled / table.Rows);
        // Thinned out by the server: what is sorted by may be long.
        var sql = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"""
            SELECT {string.Join(", ", cursor.Select((_, i) => $"p{i}"))} FROM (
              SELECT {string.Join(", ", cursor.Select((c, i) => $"{c} AS p{i}"))}, row_number() OVER (ORDER BY {string.Join(", ", order)}) - 1 AS n, count(*) OVER () AS total
              FROM {table.Sql} TABLESAMPLE SYSTEM ({share}) REPEATABLE (1){where}) sampled
            WHERE n = 0 OR n * {Places} / total > (n - 1) * {Places} / total ORDER BY n
            """);
        var places = ImmutableArray.CreateBuilder<ImmutableArray<string?>>();
        await using var command = values.With(sql).For(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            places.Add([.. Enumerable.Range(0, cursor.Count).Select(i => Text(reader, i))]);
        }

        return places.ToImmutable();
    }

    /// <summary>One row with its values whole; null where it is no longer there.</summary>
    public static async Task<WholeRow?> FindAsync(NpgsqlConnection connection, OutlineTable table, IReadOnlyList<string> key, CancellationToken cancellation)
    {
        await using var command = RowsQuery.ReadOne(table, key).For(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new WholeRow(Text(reader, 0), [.. Enumerable.Range(1, table.Columns.Length).Select(i => Text(reader, i))])
            : null;
    }

    private static async Task<List<Row>> RunAsync(NpgsqlConnection connection, OutlineTable table, Sort? sort, SqlCommand sql, CancellationToken cancellation)
    {
        var (cursor, key) = (RowsQuery.Cursor(table, sort).Count(), table.Identity.Length);
        var first = cursor + key + 1;
        var rows = new List<Row>();
        await using var command = sql.For(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var cells = Enumerable.Range(first, table.Columns.Length).Select(i => Text(reader, i)).ToArray();
            var cut = Enumerable.Range(0, cells.Length).Where(i => table.Columns[i].IsLong && cells[i]?.EnumerateRunes().Count() > RowsQuery.Shown).ToArray();
            foreach (var i in cut)
            {
                cells[i] = cells[i]![..^(char.IsLowSurrogate(cells[i]![^1]) ? 2 : 1)];
            }

            rows.Add(new Row(
                [.. Enumerable.Range(0, cursor).Select(i => Text(reader, i))], [.. Enumerable.Range(cursor, key).Select(i => reader.GetString(i))],
                Text(reader, first - 1), [.. cells], [.. cut]));
        }

        return rows;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

internal sealed record WholeRow(string? Version, ImmutableArray<string?> Cells);
