using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Reading;

namespace Sluice.Postgres.Backup;

/// <summary>What a database holds at one moment: the definitions, and of each table the number and a hash of its rows.</summary>
internal sealed record DatabaseContents(ObjectList Objects, ImmutableArray<TableRows> Tables)
{
    // Text of a value depends on these; both sides must print it alike, and a long look must not be cut short.
    public const string Settings =
        """
        SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
        SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1; SET LOCAL lc_monetary = 'C'; SET LOCAL xmlbinary = 'base64';
        SET LOCAL row_security = off; SET LOCAL quote_all_identifiers = off;
        SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '30s'; SET LOCAL idle_in_transaction_session_timeout = 0
        """;

    /// <summary>Begins a transaction that sees one moment and prints values in one way.</summary>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var settings = new NpgsqlCommand($"SET TRANSACTION READ ONLY; {Settings}", connection);
        await settings.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }

    /// <param name="tables">Whose rows are read; null for all.</param>
    public static async Task<DatabaseContents> ReadAsync(
        NpgsqlConnection connection,
        ImmutableArray<ObjectName>? tables,
        Action<int, int> progress,
        CancellationToken cancellation)
    {
        var objects = await ObjectList.ReadAsync(connection, cancellation);
        var wanted = tables ?? await TableNames.ReadAsync(connection, cancellation);
        var rows = ImmutableArray.CreateBuilder<TableRows>(wanted.Length);
        foreach (var table in wanted)
        {
            rows.Add(await HashAsync(connection, table, cancellation));
            progress(rows.Count, wanted.Length);
        }

        return new DatabaseContents(objects, rows.MoveToImmutable());
    }

    /// <summary>What differs, a line each, the tables first.</summary>
    public static IEnumerable<string> RowDifferences(ImmutableArray<TableRows> expected, ImmutableArray<TableRows> found)
    {
        var there = found.ToDictionary(t => (t.Schema, t.Name));
        foreach (var table in expected)
        {
            if (!there.TryGetValue((table.Schema, table.Name), out var other))
            {
                yield return $"table {table.Schema}.{table.Name} is not there";
            }
            else if (other.Rows != table.Rows)
            {
                yield return $"table {table.Schema}.{table.Name} has {other.Rows} rows, and had {table.Rows}";
            }
            else if (other.Hash != table.Hash)
            {
                yield return $"table {table.Schema}.{table.Name} has as many rows, with other contents";
            }
        }
    }

    /// <summary>Asks for the number of a table's rows and their hash; its values are printed as <see cref="Settings"/> has them.</summary>
    public static async Task<string> RowQueryAsync(NpgsqlConnection connection, ObjectName table, CancellationToken cancellation)
    {
        // Columns go by name, because a table that inherits may get its columns back in another order.
        var name = $"{ServerConnection.Quote(table.Schema)}.{ServerConnection.Quote(table.Name)}";
        await using var columns = new NpgsqlCommand(
            """
            SELECT 'ROW(' || coalesce(string_agg('r.' || quote_ident(attname), ',' ORDER BY attname), '') || ')'
            FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
            """,
            connection);
        columns.Parameters.Add(new NpgsqlParameter { Value = name });
        var row = (string)(await columns.ExecuteScalarAsync(cancellation))!;
        return $"""
            SELECT count(*), {RowDigest.Sum("h")} || ':' || {RowDigest.Sum("h", half: 1)}
            FROM (SELECT {RowDigest.Of(row)} AS h FROM ONLY {name} AS r) AS hashes
            """;
    }

    public static async Task<TableRows> HashAsync(NpgsqlConnection connection, ObjectName table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(await RowQueryAsync(connection, table, cancellation), connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new TableRows(table.Schema, table.Name, reader.GetInt64(0), reader.GetString(1));
    }
}
