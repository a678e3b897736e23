using System.Text.Json.Nodes;
using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Diff;

/// <summary>Whether two columns have the same default. Where one side cannot be known, the answer is yes: a wrong difference is worse.</summary>
internal static class DefaultComparison
{
    public static bool Match(Column from, Column to, TableContext context)
    {
        var isTime = IsTime(from.Type) || IsTime(to.Type);
        return (from.Default, to.Default) switch
        {
            (null, null) => true,
            (_, ColumnDefault.Expression { Sql: null }) => true,
            (_, ColumnDefault.NextValue) => true,
            (ColumnDefault.NextValue, null) => true,
            (null, ColumnDefault.Expression expression) => context.OneSideIsServer && SqlText.Says(expression.Sql, null),
            (ColumnDefault.Expression expression, null) => context.OneSideIsServer && SqlText.Says(expression.Sql, null),
            (null, _) or (_, null) => false,
            (ColumnDefault.List, ColumnDefault.Expression) or (ColumnDefault.Expression, ColumnDefault.List) when isTime => true,
            // The server spells times its own way: a literal is taken to be equal to whatever stands there.
            (ColumnDefault.Text, _) or (_, ColumnDefault.Text) when isTime => true,
            (ColumnDefault.List previous, ColumnDefault.List next) => ListsMatch(previous, next, to.Type),
            (ColumnDefault.Expression previous, ColumnDefault.Expression next) =>
                string.Equals(previous.Sql, next.Sql, StringComparison.OrdinalIgnoreCase)
                || (context.OneSideIsServer && SqlText.Normalise(previous.Sql) == SqlText.Normalise(next.Sql)),
            (ColumnDefault.Expression expression, var value) => context.OneSideIsServer && SqlText.Says(expression.Sql, value),
            (var value, ColumnDefault.Expression expression) => context.OneSideIsServer && SqlText.Says(expression.Sql, value),
            (ColumnDefault.NextValue, _) => false,
            var (previous, next) => ValuesMatch(previous, next, to.Type),
        };
    }

    private static bool ListsMatch(ColumnDefault.List from, ColumnDefault.List to, ColumnType type) =>
        from.Items.Count == to.Items.Count
        && from.Items.Items.Zip(to.Items.Items).All(p => IsTime(type) || ValuesMatch(p.First, p.Second, type));

    private static bool ValuesMatch(ColumnDefault from, ColumnDefault to, ColumnType type) => (from, to) switch
    {
        (ColumnDefault.Text previous, ColumnDefault.Text next) when IsJson(type) => DocumentsMatch(previous.Value, next.Value),
        (ColumnDefault.Text or ColumnDefault.EnumLabel, ColumnDefault.Text or ColumnDefault.EnumLabel) => TextOf(from) == TextOf(to),
        (ColumnDefault.Number previous, ColumnDefault.Number next) => NumberText.Canonical(previous.Value) == NumberText.Canonical(next.Value),
        (ColumnDefault.Bytes bytes, ColumnDefault.Text text) => HexMatches(text.Value, bytes),
        (ColumnDefault.Text text, ColumnDefault.Bytes bytes) => HexMatches(text.Value, bytes),
        _ => from == to,
    };

    private static string? TextOf(ColumnDefault value) => value switch
    {
        ColumnDefault.Text text => text.Value,
        ColumnDefault.EnumLabel label => label.Value,
        _ => null,
    };

    private static bool DocumentsMatch(string from, string to)
    {
        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(from), JsonNode.Parse(to));
        }
        catch (System.Text.Json.JsonException)
        {
            return true;
        }
    }

    private static bool HexMatches(string text, ColumnDefault.Bytes bytes) =>
        text.StartsWith("\\x", StringComparison.Ordinal)
        && string.Equals(text[2..], Convert.ToHexString(bytes.Value.Items.AsSpan()), StringComparison.OrdinalIgnoreCase);

    private static bool IsTime(ColumnType type) => type is ColumnType.Native
    {
        Type.Kind: NativeKind.Timestamp or NativeKind.Timestamptz or NativeKind.Date or NativeKind.Time or NativeKind.Timetz,
    };

    private static bool IsJson(ColumnType type) => type is ColumnType.Native { Type.Kind: NativeKind.Json or NativeKind.JsonB };
}
