using System.Collections.Immutable;
using Npgsql;

namespace Sluice.Studio.Tables;

/// <summary>The tables of a database as somebody looks through them: what their columns take, what tells their rows apart, where they lead.</summary>
/// <param name="Tables">Views and foreign tables are among them; partitions are seen through their table.</param>
internal sealed record Outline(ImmutableArray<OutlineTable> Tables)
{
    public static Task<Outline> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation) => ReadAsync(connection, null, cancellation);

    /// <summary>One table of it: with a thousand beside it, its rows come as soon.</summary>
    /// <exception cref="Storage.RefusedException">There is none, or not for this user.</exception>
    public static async Task<OutlineTable> ReadOneAsync(NpgsqlConnection connection, TableName name, CancellationToken cancellation) =>
        (await ReadAsync(connection, name, cancellation)).Require(name);

    private static async Task<Outline> ReadAsync(NpgsqlConnection connection, TableName? only, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var query in OutlineQueries.All)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query)
            {
                Parameters = { Text(only?.Schema), Text(only?.Name) },
            });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var tables = new List<(uint Oid, OutlineTable Table)>();
        while (await reader.ReadAsync(cancellation))
        {
            tables.Add((reader.GetFieldValue<uint>(0), new OutlineTable(
                reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                [], [.. reader.GetFieldValue<string[]>(6)], [], reader.GetBoolean(7), reader.GetBoolean(8), reader.GetBoolean(9), reader.GetBoolean(10))));
        }

        await reader.NextResultAsync(cancellation);
        var columns = new List<(uint Table, OutlineColumn Column)>();
        while (await reader.ReadAsync(cancellation))
        {
            columns.Add((reader.GetFieldValue<uint>(0), new OutlineColumn(
                reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4), reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.GetBoolean(6), reader.GetBoolean(7), [.. reader.GetFieldValue<string[]>(8)], reader.GetBoolean(9), reader.IsDBNull(10) ? null : reader.GetString(10))));
        }

        await reader.NextResultAsync(cancellation);
        var relations = new List<(uint From, uint To, OutlineRelation Relation)>();
        while (await reader.ReadAsync(cancellation))
        {
            var (from, to) = (new TableName(reader.GetString(3), reader.GetString(4)), new TableName(reader.GetString(6), reader.GetString(7)));
            string[] left = reader.GetFieldValue<string[]>(5), right = reader.GetFieldValue<string[]>(8);
            relations.Add((reader.GetFieldValue<uint>(0), reader.GetFieldValue<uint>(1), new OutlineRelation(reader.GetString(2), from, [.. left], to, [.. right])));
        }

        var (columnsOf, relationsOf) = (columns.ToLookup(c => c.Table, c => c.Column), relations.SelectMany(r => new[] { (Of: r.From, r.Relation), (Of: r.To, r.Relation) }).Distinct().ToLookup(r => r.Of, r => r.Relation));
        return new Outline([.. tables.Select(t => t.Table with { Columns = [.. columnsOf[t.Oid]], Relations = [.. relationsOf[t.Oid]] })]);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    /// <exception cref="Storage.RefusedException">There is none, or not for this user.</exception>
    public OutlineTable Require(TableName name) => Tables.FirstOrDefault(t => t.Schema == name.Schema && t.Name == name.Name)
        ?? throw new Storage.RefusedException(404, $"There is no table {name.Schema}.{name.Name} that this user may read.", "Load the page again: the list of tables is made when it opens.");
}

internal sealed record TableName(string Schema, string Name);

/// <param name="Kind">`table`, `partitioned table`, `view`, `materialized view`, `foreign table`.</param>
/// <param name="Rows">As the server estimates; -1 where it never looked.</param>
/// <param name="Key">The columns that tell rows apart: the primary key, or a unique index without NULL; empty where there is none.</param>
/// <param name="Relations">Both those it has and those that lead to it.</param>
/// <param name="HasPlaces">Its rows have a place (`ctid`), which tells them apart where no key does.</param>
/// <param name="HasVersions">Its rows say when they were last changed, and this user may see it.</param>
/// <param name="IsEditable">This user may change some of it.</param>
internal sealed record OutlineTable(
    string Schema,
    string Name,
    string Kind,
    long Rows,
    string? Comment,
    ImmutableArray<OutlineColumn> Columns,
    ImmutableArray<string> Key,
    ImmutableArray<OutlineRelation> Relations,
    bool HasPlaces,
    bool CanBeSampled,
    bool HasVersions,
    bool IsEditable)
{
    /// <summary>What rows are ordered and told apart by; empty for a view.</summary>
    public ImmutableArray<string> Identity => Key.IsEmpty && HasPlaces ? ["ctid"] : Key;

    public string Sql => Storage.SqlCommand.Name(Schema, Name);

    /// <exception cref="Storage.RefusedException">There is no such column.</exception>
    public OutlineColumn Require(string column) => Columns.FirstOrDefault(c => c.Name == column)
        ?? throw new Storage.RefusedException(400, $"{Schema}.{Name} has no column {column}.", "Load the page again: the list of columns is made when it opens.");
}

/// <param name="Type">As SQL has it: `numeric(10,2)`.</param>
/// <param name="Family">How it is shown and edited: `text`, `number`, `boolean`, `json`, `array`, `enum`, `time`, `bytes`, `other`.</param>
/// <param name="IsGiven">The server gives its value, and takes none.</param>
/// <param name="Labels">Of an enum.</param>
internal sealed record OutlineColumn(
    string Name, string Type, string Family, bool IsRequired, string? Default, bool IsGiven, bool CanBeSorted, ImmutableArray<string> Labels, bool IsLong, string? Comment);

internal sealed record OutlineRelation(string Name, TableName From, ImmutableArray<string> FromColumns, TableName To, ImmutableArray<string> ToColumns);
