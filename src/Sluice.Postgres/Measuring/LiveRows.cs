using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Measuring;

/// <summary>
/// Takes a few rows of each table from the live database, which is only read: in a transaction that cannot write, and for
/// seconds at most. Rows whose keys lead to rows that were not taken are left out.
/// </summary>
internal static class LiveRows
{
    private const string Polite = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '500ms'";

    /// <param name="tables">Of the scratch database, those that others refer to first.</param>
    /// <param name="scratch">In a transaction.</param>
    /// <returns>The tables whose rows could not be had, a sentence each.</returns>
    public static async Task<ImmutableArray<string>> CopyAsync(RunSettings settings, IReadOnlyList<Table> tables, int most, NpgsqlConnection scratch, CancellationToken cancellation)
    {
        var refused = ImmutableArray.CreateBuilder<string>();
        await using var live = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        foreach (var table in tables)
        {
            await ExecuteAsync(live, Polite, cancellation);
            await ExecuteAsync(scratch, "SAVEPOINT taken", cancellation);
            try
            {
                await CopyAsync(table, tables, most, live, scratch, cancellation);
                await ExecuteAsync(scratch, "SET CONSTRAINTS ALL IMMEDIATE; RELEASE SAVEPOINT taken", cancellation);
            }
            catch (PostgresException refusal) when (!cancellation.IsCancellationRequested)
            {
                await ExecuteAsync(scratch, "ROLLBACK TO SAVEPOINT taken", cancellation);
                refused.Add($"rows of the live database could not be had for the table `{table.Name.Name}`, so they are invented: {refusal.SqlState} {refusal.MessageText}");
            }

            await ExecuteAsync(live, "ROLLBACK", cancellation);
        }

        return refused.ToImmutable();
    }

    private static async Task CopyAsync(Table table, IReadOnlyList<Table> tables, int most, NpgsqlConnection live, NpgsqlConnection scratch, CancellationToken cancellation)
    {
        var columns = string.Join(", ", table.Columns.Items.Where(c => !table.Traits.GeneratedColumns.Contains(c.Name)).Select(c => Quote(c.Name)));
        var conditions = new List<string>();
        foreach (var key in table.ForeignKeys.Items.Where(k => k.Columns.Count == 1 && k.ReferencedTable != table.Name && tables.Any(t => t.Name == k.ReferencedTable)))
        {
            // The server itself writes the keys that were taken, as a list in quotes.
            await using var taken = new NpgsqlCommand(
                $"SELECT pg_catalog.quote_literal(COALESCE(pg_catalog.array_agg(DISTINCT {Quote(key.ReferencedColumns[0])}::text)::text, '{{}}')) FROM {Name(key.ReferencedTable)}", scratch);
            conditions.Add($"({Quote(key.Columns[0])} IS NULL OR {Quote(key.Columns[0])}::text = ANY ({await taken.ExecuteScalarAsync(cancellation)}::text[]))");
        }

        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var query = string.Create(CultureInfo.InvariantCulture, $"SELECT {columns} FROM {Name(table.Name)}{where} LIMIT {most}");
        using var rows = await live.BeginTextExportAsync($"COPY ({query}) TO STDOUT", cancellation);
        await using var copy = await scratch.BeginTextImportAsync($"COPY {Name(table.Name)} ({columns}) FROM STDIN", cancellation);
        await copy.WriteAsync((await rows.ReadToEndAsync(cancellation)).AsMemory(), cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static string Name(ObjectName name) => $"{Quote(name.Schema)}.{Quote(name.Name)}";

    private static string Quote(string name) => ServerConnection.Quote(name);
}
