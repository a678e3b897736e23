using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Preflight;

/// <summary>The checks after a run: nothing left half done, and no table lost rows unnoticed.</summary>
public static class PostVerify
{
    // Counting reads the whole table; above this size the server's estimate has to do.
    private const long CountedUpTo = 64L << 20;

    /// <summary>Rows of every table, to compare with after the run.</summary>
    public static Task<RowCountsBefore> CountAsync(RunSettings settings, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            return new RowCountsBefore(await CountAsync(connection, cancellation));
        });

    /// <param name="before">Null when nobody counted.</param>
    public static Task<CheckReport> ReadAsync(RunSettings settings, RowCountsBefore? before, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            var facts = await ServerFacts.ReadAsync(connection, settings.Address.Schema, cancellation);
            return new CheckReport(
            [
                PreflightRun.InvalidIndexes(facts, Verdict.Critical),
                PreflightRun.Constraints(facts),
                .. before is null ? [] : Deltas(before.Rows, await CountAsync(connection, cancellation)),
            ]);
        });

    private static IEnumerable<Check> Deltas(ImmutableSortedDictionary<string, RowCount> before, ImmutableSortedDictionary<string, RowCount> after)
    {
        foreach (var (table, rows) in before)
        {
            if (!after.TryGetValue(table, out var now))
            {
                yield return Rows(table, $"{rows} → dropped", Verdict.Warning);
            }
            else if (now.Rows != rows.Rows)
            {
                var verdict = now.Rows <= rows.Rows / 2 ? Verdict.Warning : Verdict.Ok;
                yield return Rows(table, string.Create(CultureInfo.InvariantCulture, $"{rows} → {now} ({now.Rows - rows.Rows:+#;-#})"), verdict);
            }
        }

        foreach (var (table, rows) in after.Where(t => !before.ContainsKey(t.Key)))
        {
            yield return Rows(table, $"new, {rows}", Verdict.Ok);
        }
    }

    private static Check Rows(string table, string value, Verdict verdict) => new($"rows of {table}", value, "half of them gone", verdict);

    private static async Task<ImmutableSortedDictionary<string, RowCount>> CountAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var counts = ImmutableSortedDictionary.CreateBuilder<string, RowCount>(StringComparer.Ordinal);
        var exact = new List<ObjectName>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT n.nspname::text, c.relname::text, pg_catalog.pg_relation_size(c.oid), greatest(c.reltuples, 0)::bigint
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sluice')
              AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            """,
            connection))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
            {
                var name = new ObjectName(reader.GetString(0), reader.GetString(1));
                if (reader.GetInt64(2) <= CountedUpTo)
                {
                    exact.Add(name);
                }
                else
                {
                    counts[$"{name.Schema}.{name.Name}"] = new RowCount(reader.GetInt64(3), false);
                }
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        foreach (var name in exact)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT count(*) FROM ONLY {ServerConnection.Quote(name.Schema)}.{ServerConnection.Quote(name.Name)}"));
        }

        if (exact.Count > 0)
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            foreach (var name in exact)
            {
                await reader.ReadAsync(cancellation);
                counts[$"{name.Schema}.{name.Name}"] = new RowCount(reader.GetInt64(0), true);
                await reader.NextResultAsync(cancellation);
            }
        }

        return counts.ToImmutable();
    }
}

/// <param name="IsExact">Else the server's estimate.</param>
public sealed record RowCount(long Rows, bool IsExact)
{
    public override string ToString() => (IsExact ? "" : "about ") + Rows.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Rows of each table before a run, by `schema.table`.</summary>
public sealed record RowCountsBefore(ImmutableSortedDictionary<string, RowCount> Rows);
