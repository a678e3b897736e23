using System.Collections.Immutable;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <param name="Operator">One of `=`, `&lt;&gt;`, `&lt;`, `&lt;=`, `&gt;`, `&gt;=`, `contains`, `begins`, `null`, `not null`.</param>
internal sealed record Filter(string Column, string Operator, string? Value = null)
{
    public string Sql(OutlineTable table, SqlValues values)
    {
        var column = SqlCommand.Name(table.Require(Column).Name);
        return Operator switch
        {
            "=" or "<>" or "<" or "<=" or ">" or ">=" => $"{column} {Operator} {values.Add(Value ?? "")}",
            "contains" => $"pg_catalog.strpos(pg_catalog.lower(pg_catalog.format('%s', {column})), pg_catalog.lower({values.Add(Value ?? "")}::text)) > 0",
            "begins" => $"pg_catalog.starts_with(pg_catalog.lower(pg_catalog.format('%s', {column})), pg_catalog.lower({values.Add(Value ?? "")}::text))",
            // Of a row or an array too, whose parts may all be NULL.
            "null" => $"{column} IS NOT DISTINCT FROM NULL",
            "not null" => $"{column} IS DISTINCT FROM NULL",
            _ => throw new RefusedException(400, $"There is no operator `{Operator}`."),
        };
    }

    public static IEnumerable<string> All(OutlineTable table, ImmutableArray<Filter> filters, SqlValues values) =>
        filters.IsDefault ? []
        : filters.Contains(null!) ? throw new RefusedException(400, "A filter is null.")
        : filters.Select(f => f.Sql(table, values));
}

internal sealed record Sort(string Column, bool IsDescending = false);

/// <summary>Which rows of a table, in which order.</summary>
internal record Selection(TableName Table, Sort? Sort = null, ImmutableArray<Filter> Filters = default);

/// <summary>Some of them: behind a row, before one, or from a place counted from the beginning.</summary>
/// <param name="After">A row's <see cref="Row.Cursor"/>.</param>
/// <param name="FromEnd">The last ones.</param>
internal sealed record RowsRequest(
    TableName Table, Sort? Sort = null, ImmutableArray<Filter> Filters = default, ImmutableArray<string?>? After = null, ImmutableArray<string?>? Before = null, bool FromEnd = false, long Offset = 0, int Limit = 100)
    : Selection(Table, Sort, Filters)
{
    public const int Most = 500;
}

/// <param name="Key">The values of the table's identity.</param>
/// <param name="Version">Another one as soon as somebody changed the row.</param>
/// <param name="Cells">As PostgreSQL prints them; null for NULL.</param>
/// <param name="Cut">Which cells are shown by their beginning.</param>
internal sealed record Row(ImmutableArray<string?> Cursor, ImmutableArray<string> Key, string? Version, ImmutableArray<string?> Cells, ImmutableArray<int> Cut);

/// <param name="HasMore">There are further rows in the direction that was read.</param>
internal sealed record RowsPage(ImmutableArray<Row> Rows, bool HasMore);
