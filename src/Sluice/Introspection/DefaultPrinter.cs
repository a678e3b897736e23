using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Introspection;

/// <summary>Column defaults as the argument of `@default`.</summary>
internal sealed class DefaultPrinter(Naming naming)
{
    public string Print(ColumnDefault value, ColumnType type) => value switch
    {
        ColumnDefault.Text text => Literals.Text(text.Value),
        ColumnDefault.Number number => number.Value,
        ColumnDefault.Boolean boolean => boolean.Value ? "true" : "false",
        ColumnDefault.Bytes bytes => $"\"{Convert.ToBase64String(bytes.Value.Items.AsSpan())}\"",
        ColumnDefault.EnumLabel label => Value(type, label) ?? $"dbgenerated({Literals.Text($"'{label.Value.Replace("'", "''", StringComparison.Ordinal)}'")})",
        ColumnDefault.List list => PrintList(list, type),
        ColumnDefault.Now => "now()",
        ColumnDefault.NextValue => "autoincrement()",
        ColumnDefault.Expression { Sql: { Length: > 0 } sql } => $"dbgenerated({Literals.Text(sql)})",
        ColumnDefault.Expression => "dbgenerated()",
        _ => throw new UnreachableException(),
    };

    private string PrintList(ColumnDefault.List list, ColumnType type) =>
        list.Items.OfType<ColumnDefault.EnumLabel>().Any(l => Value(type, l) is null)
            ? $"dbgenerated({Literals.Text(LabelArray(list))})"
            : $"[{string.Join(", ", list.Items.Select(i => Print(i, type)))}]";

    // Labels whose values are commented out cannot be listed by name.
    private static string LabelArray(ColumnDefault.List list)
    {
        var labels = list.Items.OfType<ColumnDefault.EnumLabel>()
            .Select(l => "\"" + l.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"");
        return $"'{{{string.Join(',', labels).Replace("'", "''", StringComparison.Ordinal)}}}'";
    }

    private string? Value(ColumnType type, ColumnDefault.EnumLabel label) =>
        type is ColumnType.Enum named && naming.Value(named.Name, label.Value) is { IsUnsayable: false } value ? value.Name : null;
}
