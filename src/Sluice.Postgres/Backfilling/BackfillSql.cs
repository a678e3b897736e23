using System.Collections.Immutable;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backfilling;

/// <summary>
/// The statements of a backfill. A row is open while the condition holds for it and it has not the value that would be
/// written; only open rows are written, and of those that were written it is asked whether they are open still: where one is
/// (`x = x + 1`), a row that was done looks like one that was not.
/// </summary>
internal sealed class BackfillSql
{
    private readonly ImmutableArray<TypedColumn> key;
    private readonly string table;

    /// <param name="changesEachTime">The expression has another value each time it is asked: then the condition alone says which rows are open.</param>
    public BackfillSql(BackfillTarget target, ImmutableArray<(Assignment Assignment, string Type)> set, string? where, bool changesEachTime)
    {
        key = target.Key;
        // A table that others inherit from is gone through alone: its key says nothing of theirs.
        table = (target.IsPartitioned ? "" : "ONLY ") + BackfillTarget.Quoted(target.Table);
        var columns = string.Join(", ", set.Select(s => Quote(s.Assignment.Column)));
        // A line of its own for the parenthesis that closes, so that a comment in the expression does not take it along.
        var values = string.Join(", ", set.Select(s => $"({s.Assignment.Expression}\n)::{s.Type}"));
        // Images, not `=`: it calls 'A' and 'a' of a citext the same, and json has none.
        var differs = changesEachTime ? null : $"pg_catalog.record_image_ne(ROW({columns}), ROW({values}))";
        var open = string.Join(" AND ", new[] { where is null ? null : $"({where}\n)", differs }.OfType<string>());
        open = open.Length == 0 ? "true" : open;
        Change = $"""
            WITH done AS (
            UPDATE {table}
            SET {string.Join(",\n    ", set.Select(s => $"{Quote(s.Assignment.Column)} = ({s.Assignment.Expression}\n)"))}
            WHERE {After} AND {UpTo} AND {open}
            RETURNING {open} AS open)
            SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE open) FROM done
            """;
    }

    /// <summary>
    /// What holds for one transaction: a lock is waited for briefly, because others queue behind what this one holds already.
    /// Plans go by the key, whatever the statistics say of a table that changes under them. The COMMIT does not wait for the disk:
    /// a position that a crash of the server takes back, it takes back with the rows. Policies that would hide rows are an error.
    /// </summary>
    public static NpgsqlBatchCommand Settings(string schema) => new(
        """
        SELECT pg_catalog.pg_backend_pid(), pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('lock_timeout', '200ms', true),
               pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.set_config('enable_seqscan', 'off', true),
               pg_catalog.set_config('jit', 'off', true), pg_catalog.set_config('standard_conforming_strings', 'on', true),
               pg_catalog.set_config('row_security', 'off', true)
        """) { Parameters = { new NpgsqlParameter { Value = Quote(schema) } } };

    /// <summary>Writes the open rows after one key, up to another; answers with how many it wrote, and how many of these are open still.</summary>
    public string Change { get; }

    /// <summary>The highest key.</summary>
    public string Last => $"SELECT {Texts} FROM {table} AS r ORDER BY {Order(" DESC")} LIMIT 1";

    /// <summary>The key at which so many rows are passed; none where fewer are left.</summary>
    public string Next(int rows) => string.Create(
        CultureInfo.InvariantCulture, $"SELECT {Texts} FROM {table} AS r WHERE {After} AND {UpTo} ORDER BY {Order("")} OFFSET {rows - 1} LIMIT 1");

    /// <summary>How many rows lie between two keys.</summary>
    public string Count => $"SELECT pg_catalog.count(*) FROM {table} WHERE {After} AND {UpTo}";

    /// <summary>In the place of a key: before the first.</summary>
    public string?[] NoKey => new string?[key.Length];

    /// <param name="after">Nulls for before the first.</param>
    public static void Bind(NpgsqlParameterCollection parameters, string?[] after, string?[] upTo)
    {
        foreach (var part in after.Concat(upTo))
        {
            parameters.Add(new NpgsqlParameter { Value = (object?)part ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }
    }

    /// <summary>A key as a person reads it: `tenant = 7, id = 12`.</summary>
    public string Shown(string?[] at) => string.Join(", ", key.Zip(at, (k, v) => $"{k.Name} = {v}"));

    // Of the table, by its name: `ORDER BY id` alone would mean the text that is selected under this name.
    private string Order(string direction) => string.Join(", ", key.Select(k => $"r.{Quote(k.Name)}{direction}"));

    private string Texts => string.Join(", ", key.Select(k => Quote(k.Name) + "::text"));

    // Row comparison, because it is what an index over these columns is searched by.
    private string After => $"($1::text IS NULL OR {Row(Quoted())} > {Row(Values(0))})";

    private string UpTo => $"{Row(Quoted())} <= {Row(Values(key.Length))}";

    private IEnumerable<string> Quoted() => key.Select(k => Quote(k.Name));

    private IEnumerable<string> Values(int first) => key.Select((k, i) => string.Create(CultureInfo.InvariantCulture, $"${first + i + 1}::text::{k.Type}"));

    private static string Row(IEnumerable<string> parts) => $"({string.Join(", ", parts)})";

    private static string Quote(string name) => ServerConnection.Quote(name);
}
