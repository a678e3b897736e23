using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Studio.Storage;

namespace Sluice.Studio.Tables;

/// <summary>One row to be changed, inserted or deleted.</summary>
/// <param name="Kind">`update`, `insert` or `delete`.</param>
/// <param name="Key">Of the row as it was read.</param>
/// <param name="Version">As it was read: who changed it since is not overwritten.</param>
/// <param name="Values">By column: a text, null for NULL, `{"default": true}` for DEFAULT.</param>
internal sealed record RowChange(string Kind, TableName Table, ImmutableArray<string> Key = default, string? Version = null, ImmutableSortedDictionary<string, JsonElement>? Values = null)
{
    /// <param name="afterOwn">Of a row that this very transaction changed before.</param>
    /// <exception cref="RefusedException">It cannot be said in SQL, or not of this table.</exception>
    public SqlCommand ToSql(OutlineTable table, bool afterOwn = false)
    {
        if (!table.IsEditable)
        {
            throw new RefusedException(400, $"{table.Schema}.{table.Name} is a {table.Kind} whose rows this user may not change.");
        }

        var values = new SqlValues();
        switch (Kind)
        {
            case "update" when Given(table) is [_, ..] given:
                var assignments = string.Join(", ", given.Select(v => $"{SqlCommand.Name(v.Column)} = {Value(v.Value, values)}"));
                return values.With($"UPDATE {table.Sql} SET {assignments} WHERE {IsAsRead(table, values, afterOwn)}");
            case "insert" when Given(table) is var given:
                return given is []
                    ? values.With($"INSERT INTO {table.Sql} DEFAULT VALUES")
                    : values.With($"INSERT INTO {table.Sql} ({string.Join(", ", given.Select(v => SqlCommand.Name(v.Column)))}) VALUES ({string.Join(", ", given.Select(v => Value(v.Value, values)))})");
            case "delete":
                return values.With($"DELETE FROM {table.Sql} WHERE {IsAsRead(table, values, afterOwn)}");
            default:
                throw new RefusedException(400, $"There is nothing to be done in a change of the kind `{Kind}`.");
        }
    }

    private List<(string Column, JsonElement Value)> Given(OutlineTable table) =>
        [.. (Values ?? ImmutableSortedDictionary<string, JsonElement>.Empty).Select(v => table.Require(v.Key).IsGiven
            ? throw new RefusedException(400, $"The server gives the value of {v.Key}, and takes none.")
            : (v.Key, v.Value))];

    // A row that was changed since it was read has another version, and is left as it is.
    private string IsAsRead(OutlineTable table, SqlValues values, bool afterOwn) => Version is null || Key.IsDefault
        ? throw new RefusedException(400, "The change does not say which row, as of when.")
        : $"{RowsQuery.KeyIs(table, Key, values)} AND {(afterOwn ? "xmin = pg_catalog.xid(pg_catalog.pg_current_xact_id())" : $"{RowsQuery.Version(table)} = {values.Add(Version)}")}";

    private static string Value(JsonElement value, SqlValues values) => value.ValueKind switch
    {
        JsonValueKind.Null => "NULL",
        JsonValueKind.String => values.Add(value.GetString()),
        JsonValueKind.Object => "DEFAULT",
        _ => throw new RefusedException(400, "A value is a text, null, or an object for the default."),
    };
}

/// <summary>Changes that are made together or not at all.</summary>
internal sealed record RowChanges(ImmutableArray<RowChange> Changes);
