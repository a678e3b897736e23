using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <param name="Format">`csv`, `json` or `insert`.</param>
/// <param name="Keys">These rows; default for the first of the selection.</param>
internal sealed record CopyRequest(TableName Table, string Format, ImmutableArray<ImmutableArray<string>> Keys = default, Sort? Sort = null, ImmutableArray<Filter> Filters = default)
    : Selection(Table, Sort, Filters);

/// <summary>Rows as text for somewhere else, every value whole.</summary>
internal static partial class Copying
{
    private const int Most = 10_000;
    private const long MostCharacters = 32 << 20;

    public static async Task<string> ReadAsync(NpgsqlConnection connection, OutlineTable table, CopyRequest request, CancellationToken cancellation)
    {
        var values = new SqlValues();
        var conditions = request.Keys.IsDefault
            ? [.. Filter.All(table, request.Filters, values)]
            : new List<string> { request.Keys.IsEmpty ? "false" : $"({string.Join(" OR ", request.Keys.Select(k => RowsQuery.KeyIs(table, k, values)))})" };
        var order = RowsQuery.Cursor(table, request.Sort).Select((c, i) => request.Sort is { IsDescending: true } ? c + (i == 0 ? " DESC NULLS LAST" : " DESC") : c).ToList();
        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var by = order.Count == 0 ? "" : $" ORDER BY {string.Join(", ", order)}";
        await using var command = values.With($"SELECT {string.Join(", ", table.Columns.Select(c => SqlCommand.Name(c.Name)))} FROM {table.Sql}{where}{by} LIMIT {Most}").For(connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var (rows, length) = (new List<string?[]>(), 0L);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add([.. Enumerable.Range(0, table.Columns.Length).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
            length += rows[^1].Sum(c => c?.Length ?? 0);
            if (length > MostCharacters)
            {
                throw new RefusedException(413, $"These rows are more than {MostCharacters >> 20} MB of text, which no clipboard should take.", "Select fewer rows, or write them to a file: `COPY … TO STDOUT` with psql.");
            }
        }

        return request.Format switch
        {
            "csv" => Csv(table, rows),
            "json" => Json(table, rows),
            "insert" => Insert(table, rows),
            _ => throw new RefusedException(400, $"There is no format `{request.Format}`."),
        };
    }

    // As COPY … (FORMAT csv, HEADER) has it: NULL is nothing, an empty text is "".
    private static string Csv(OutlineTable table, List<string?[]> rows)
    {
        var text = new StringBuilder().AppendJoin(',', table.Columns.Select(c => Field(c.Name))).Append('\n');
        foreach (var row in rows)
        {
            text.AppendJoin(',', row.Select(Field)).Append('\n');
        }

        return text.ToString();

        static string Field(string? value) => value switch
        {
            null => "",
            "" or "\\." => $"\"{value}\"",
            _ when value.AsSpan().IndexOfAny(",\"\r\n") >= 0 || value[0] is ' ' || value[^1] is ' ' => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
            _ => value,
        };
    }

    // What JSON can say is said in JSON; what its numbers cannot hold (infinity, NaN), and every other type, is a text.
    private static string Json(OutlineTable table, List<string?[]> rows)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                foreach (var (column, value) in table.Columns.Zip(row))
                {
                    json.WritePropertyName(column.Name);
                    switch (column.Family, value)
                    {
                        case (_, null): json.WriteNullValue(); break;
                        case ("boolean", _): json.WriteBooleanValue(value == "t"); break;
                        case ("json", _): json.WriteRawValue(value, skipInputValidation: true); break;
                        case ("number", _) when JsonNumber().IsMatch(value): json.WriteRawValue(value, skipInputValidation: true); break;
                        default: json.WriteStringValue(value); break;
                    }
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Insert(OutlineTable table, List<string?[]> rows)
    {
        var kept = Enumerable.Range(0, table.Columns.Length).Where(i => !table.Columns[i].IsGiven).ToArray();
        var head = $"INSERT INTO {table.Sql} ({string.Join(", ", kept.Select(i => SqlCommand.Name(table.Columns[i].Name)))}) VALUES (";
        return string.Concat(rows.Select(r => $"{head}{string.Join(", ", kept.Select(i => SqlCommand.Literal(r[i])))});\n"));
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
