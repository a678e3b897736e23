using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Sql;

/// <summary>Defaults as PostgreSQL is told them; empty where there is nothing to say.</summary>
internal static class SqlDefaults
{
    public static string Write(Column column, SqlNames names) => column.Default switch
    {
        null or ColumnDefault.NextValue => "",
        ColumnDefault.Expression { Sql: var sql } => sql ?? "",
        ColumnDefault.Now => "CURRENT_TIMESTAMP",
        var value => Literal(value, column, names),
    };

    private static string Literal(ColumnDefault value, Column column, SqlNames names) => value switch
    {
        ColumnDefault.Text text => SqlNames.Literal(text.Value),
        ColumnDefault.EnumLabel label => SqlNames.Literal(label.Value),
        ColumnDefault.Number number => number.Value,
        ColumnDefault.Boolean boolean => boolean.Value ? "true" : "false",
        ColumnDefault.Bytes bytes => $"'\\x{Convert.ToHexStringLower(bytes.Value.Items.AsSpan())}'",
        ColumnDefault.List list => $"ARRAY[{string.Join(", ", list.Items.Items.Select(i => Literal(i, column, names)))}]::{SqlTypes.OfExisting(column, names)}",
        _ => throw new UnreachableException(value.GetType().Name),
    };
}
