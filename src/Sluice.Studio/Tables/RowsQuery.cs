using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <summary>
/// The statements that read a table's rows by key, forwards and backwards: an index finds the next row wherever it is, so that the
/// last of a million costs what the first does. Where the column sorted by may be NULL, the rows without a value are a stretch of their own at the end.
/// </summary>
internal static class RowsQuery
{
    /// <summary>What of a long value a list shows.</summary>
    public const int Shown = 500;

    /// <summary>Part of a table in its order.</summary>
    public enum Stretch
    {
        Whole,
        WithValue,
        WithoutValue,
    }

    public static Stretch[] StretchesOf(OutlineTable table, Sort? sort) =>
        sort is null || table.Require(sort.Column).IsRequired ? [Stretch.Whole] : [Stretch.WithValue, Stretch.WithoutValue];

    public static Stretch StretchOf(OutlineTable table, Sort? sort, IReadOnlyList<string?> cursor) =>
        StretchesOf(table, sort) is [var whole] ? whole : cursor[0] is null ? Stretch.WithoutValue : Stretch.WithValue;

    /// <param name="cursor">Null to begin at the stretch's own end.</param>
    public static SqlCommand Read(OutlineTable table, Selection selection, Stretch stretch, IReadOnlyList<string?>? cursor, bool backwards, int limit, long offset = 0)
    {
        var values = new SqlValues();
        var conditions = Filter.All(table, selection.Filters, values).ToList();
        var sort = selection.Sort is { } asked ? SqlCommand.Name(table.Require(asked.Column).Name) : null;
        var descending = (selection.Sort?.IsDescending ?? false) ^ backwards;
        if (stretch is not Stretch.Whole)
        {
            conditions.Add($"{sort} {(stretch is Stretch.WithValue ? "IS DISTINCT FROM NULL" : "IS NOT DISTINCT FROM NULL")}");
        }

        string[] order = [.. sort is not null && stretch is not Stretch.WithoutValue ? [sort] : Array.Empty<string>(), .. table.Identity.Select(SqlCommand.Name).Where(c => c != sort || stretch is Stretch.WithoutValue)];
        if (cursor is not null)
        {
            // The cursor holds the value sorted by, where there is one, then the identity.
            var given = Cursor(table, selection.Sort).Zip(cursor).GroupBy(c => c.First, c => c.Second, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.First(), StringComparer.Ordinal);
            conditions.Add($"({string.Join(", ", order)}) {(descending ? "<" : ">")} ({string.Join(", ", order.Select(c => values.Add(given[c])))})");
        }

        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var by = order.Length == 0 ? "" : $" ORDER BY {string.Join(", ", order.Select(c => descending ? $"{c} DESC" : c))}";
        var skipped = offset > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" OFFSET {offset}") : "";
        return values.With(Page(table, selection.Sort, $"{where}{by} LIMIT {limit.ToString(System.Globalization.CultureInfo.InvariantCulture)}{skipped}", by));
    }

    /// <summary>By their place from the beginning, over all stretches: for few rows, and for views.</summary>
    public static SqlCommand ReadFrom(OutlineTable table, Selection selection, long offset, int limit)
    {
        var values = new SqlValues();
        var conditions = Filter.All(table, selection.Filters, values).ToList();
        var direction = selection.Sort is { IsDescending: true } ? " DESC" : "";
        string[] order =
        [
            .. selection.Sort is { } sort ? new[] { $"{SqlCommand.Name(table.Require(sort.Column).Name)} IS NOT DISTINCT FROM NULL", SqlCommand.Name(sort.Column) + direction } : [],
            .. table.Identity.Select(c => SqlCommand.Name(c) + direction),
        ];
        var where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        var by = order.Length == 0 ? "" : $" ORDER BY {string.Join(", ", order)}";
        return values.With(Page(table, selection.Sort, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{where}{by} LIMIT {limit} OFFSET {offset}"), by));
    }

    /// <summary>One row by its key, every value whole.</summary>
    public static SqlCommand ReadOne(OutlineTable table, IReadOnlyList<string> key)
    {
        var values = new SqlValues();
        return values.With($"SELECT {Version(table)}, {string.Join(", ", table.Columns.Select(c => SqlCommand.Name(c.Name)))} FROM {table.Sql} WHERE {KeyIs(table, key, values)}");
    }

    /// <exception cref="RefusedException">The key is not one of this table.</exception>
    public static string KeyIs(OutlineTable table, IReadOnlyList<string> key, SqlValues values)
    {
        if (table.Identity.IsEmpty || table.Identity.Length != key.Count)
        {
            throw new RefusedException(400, $"Nothing tells the rows of {table.Schema}.{table.Name} apart.", "Give the table a primary key.");
        }

        return string.Join(" AND ", table.Identity.Zip(key, (column, value) => $"{SqlCommand.Name(column)} = {values.Add(value)}"));
    }

    public static IEnumerable<string> Cursor(OutlineTable table, Sort? sort) => (sort is null ? Enumerable.Empty<string>() : [sort.Column]).Concat(table.Identity).Select(SqlCommand.Name);

    // Without a key all rows are sorted by their place: what is made of their values, of those of the page alone.
    private static string Page(OutlineTable table, Sort? sort, string rows, string by) => table is { Key: [], HasPlaces: true }
        ? $"SELECT {Output(table, sort)} FROM (SELECT ctid, xmin, * FROM {table.Sql}{rows}) AS page{by}"
        : $"SELECT {Output(table, sort)} FROM {table.Sql}{rows}";

    // Cursor, key, version, then the columns. The server's own output function cuts what is long: another cast would print some types otherwise.
    private static string Output(OutlineTable table, Sort? sort) => string.Join(", ", Cursor(table, sort).Concat(table.Identity.Select(SqlCommand.Name)).Append(Version(table)).Concat(table.Columns.Select(Cell)));

    /// <summary>Another text once the row was changed. A place is soon another row's, which may be as old: what it holds counts too.</summary>
    public static string Version(OutlineTable table) => table switch
    {
        { HasVersions: false } => "NULL::text",
        { Key: [], HasPlaces: true } => $"xmin::text || ' ' || pg_catalog.md5(ROW({string.Join(", ", table.Columns.Select(c => SqlCommand.Name(c.Name)))})::text)",
        _ => "xmin",
    };

    private static string Cell(OutlineColumn column)
    {
        var name = SqlCommand.Name(column.Name);
        return column.IsLong
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"CASE WHEN {name} IS DISTINCT FROM NULL THEN pg_catalog.left(pg_catalog.format('%s', {name}), {Shown + 1}) END")
            : name;
    }
}
