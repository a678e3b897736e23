using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backfilling;

/// <summary>
/// The statements of a backfill. A row is open while the condition holds for it and it has not the value that would be
/// written; only open rows are written, and of those that were written it is asked whether they are open still: where one is
/// (`x = x + 1`), a row that was done looks like one that was not.
/// </summary>
internal sealed partial class BackfillSql
{
    private readonly ImmutableArray<TypedColumn> key;
    private readonly string table;

    /// <param name="changesEachTime">The expression has another value each time it is asked: then the condition alone says which rows are open.</param>
    public BackfillSql(BackfillTarget target, ImmutableArray<(Assignment Assignment, string Type)> set, string? where, bool changesEachTime)
    {
        key = target.Key;
        // A table that others inherit from is gone through alone: its key says nothing of theirs.
        table = (target.IsPartitioned ? "" : "ONLY ") + BackfillTarget.Quoted(target.Table);
        var differs = changesEachTime ? null : $"({string.Join(" OR ", set.Select(s => Differs(Quote(s.Assignment.Column), s.Assignment.Expression, s.Type)))})";
        var open = string.Join(" AND ", new[] { where is null ? null : $"({where}\n)", differs }.OfType<string>());
        open = open.Length == 0 ? "true" : open;
        ChangeUnasked = $"""
            UPDATE {table}
            SET {string.Join(",\n    ", set.Select(s => $"{Quote(s.Assignment.Column)} = ({s.Assignment.Expression}\n)"))}
            WHERE {After} AND {UpTo} AND {open}
            """;
        Change = $"""
            WITH done AS (
            {ChangeUnasked}
            RETURNING {open} AS open)
            SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE open) FROM done
            """;
        IsAnyOpen = $"SELECT EXISTS (SELECT FROM {table} WHERE {After} AND {UpTo} AND {open})";
    }

    /// <summary>
    /// What holds for one transaction: a lock is waited for briefly, because others queue behind what this one holds already.
    /// Plans go by the key, whatever the statistics say of a table that changes under them. The COMMIT waits for this server's
    /// disk, and for no standby: whoever commits meanwhile waits until all WAL before theirs is written, and so for no more than a batch. Policies that would hide rows are an error.
    /// A key is kept as text, which must mean the same row to whoever goes on, however that session spells numbers and times.
    /// </summary>
    public static NpgsqlBatchCommand Settings(string schema) => new(
        """
        SELECT pg_catalog.pg_backend_pid(), pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('lock_timeout', '200ms', true),
               pg_catalog.set_config('synchronous_commit', 'local', true), pg_catalog.set_config('enable_seqscan', 'off', true),
               pg_catalog.set_config('jit', 'off', true), pg_catalog.set_config('standard_conforming_strings', 'on', true),
               pg_catalog.set_config('row_security', 'off', true), pg_catalog.set_config('extra_float_digits', '1', true),
               pg_catalog.set_config('DateStyle', 'ISO, MDY', true), pg_catalog.set_config('IntervalStyle', 'postgres', true)
        """) { Parameters = { new NpgsqlParameter { Value = Quote(schema) } } };

    /// <summary>Writes the open rows after one key, up to another; answers with how many it wrote, and how many of these are open still.</summary>
    public string Change { get; }

    /// <summary>The same for when it is known that rows stay open: of each row it need not be asked again.</summary>
    public string ChangeUnasked { get; }

    /// <summary>Whether there is an open row after one key, up to another.</summary>
    public string IsAnyOpen { get; }

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

    // Images, not `=`: it calls 'A' and 'a' of a citext the same, and json has none. Where `=` says no more than the image does, it is several times
    // faster, and three times a row it is asked. A line of its own for the parenthesis that closes, so that a comment in the expression does not take it along.
    private static string Differs(string column, string expression, string type) => Length().Replace(type, "") switch
    {
        "text" or "character varying" => $"{column} COLLATE pg_catalog.\"C\" IS DISTINCT FROM (({expression}\n)::{type} COLLATE pg_catalog.\"C\")",
        "smallint" or "integer" or "bigint" or "boolean" or "uuid" or "bytea" or "date" or "timestamp without time zone" or "timestamp with time zone" => $"{column} IS DISTINCT FROM ({expression}\n)::{type}",
        _ => $"pg_catalog.record_image_ne(ROW({column}), ROW(({expression}\n)::{type}))",
    };

    [GeneratedRegex(@"\(\d+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Length();

    private string Texts => string.Join(", ", key.Select(k => Quote(k.Name) + "::text"));

    // Row comparison, because it is what an index over these columns is searched by.
    private string After => $"($1::text IS NULL OR {Row(Quoted())} > {Row(Values(0))})";

    private string UpTo => $"{Row(Quoted())} <= {Row(Values(key.Length))}";

    private IEnumerable<string> Quoted() => key.Select(k => Quote(k.Name));

    private IEnumerable<string> Values(int first) => key.Select((k, i) => string.Create(CultureInfo.InvariantCulture, $"${first + i + 1}::text::{k.Type}"));

    private static string Row(IEnumerable<string> parts) => $"({string.Join(", ", parts)})";

    private static string Quote(string name) => ServerConnection.Quote(name);
}
