using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Model;

namespace Sluice.Introspection;

/// <summary>What a database has, in the words of a schema where both mean the same: defaults, types and classes have several spellings.</summary>
internal static class Wording
{
    private static readonly TableContext Context = new(OneSideIsServer: true, ComparePartialIndexes: true, OnlyPreviousIsSchema: false, OnlyNextIsSchema: true, Exact: false);

    public static Database Keep(Database found, Database said)
    {
        var tables = said.Tables.ToDictionary(t => t.Name);
        return found with { Tables = [.. found.Tables.Select(t => tables.TryGetValue(t.Name, out var known) ? Keep(t, known) : t)] };
    }

    private static Table Keep(Table found, Table said)
    {
        var columns = said.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var indexes = said.Indexes.ToLookup(i => i.Name, StringComparer.Ordinal);
        return found with
        {
            Columns = [.. found.Columns.Select(c => columns.TryGetValue(c.Name, out var known) ? Keep(c, known) : c)],
            Indexes = [.. found.Indexes.Select(i => indexes[i.Name].FirstOrDefault(k => TableDifference.IndexShape.Of(k) == TableDifference.IndexShape.Of(i)) ?? i)],
        };
    }

    private static Column Keep(Column found, Column said)
    {
        var isSameType = (found.Type, said.Type) switch
        {
            (ColumnType.Native one, ColumnType.Native other) => Full(one.Type) == Full(other.Type),
            (ColumnType.Unsupported one, ColumnType.Unsupported other) => string.Equals(one.Text, other.Text, StringComparison.OrdinalIgnoreCase),
            var (one, other) => one == other,
        };
        return !isSameType ? found : found with
        {
            Type = said.Type,
            Default = DefaultComparison.Match(found, said, Context) && !IsOtherTime(found, said) ? said.Default : found.Default,
        };
    }

    /// <summary>With the length that it has when none is said.</summary>
    private static NativeType Full(NativeType type) => type switch
    {
        { Kind: NativeKind.Char or NativeKind.Bit, First: null } => type with { First = 1 },
        { Kind: NativeKind.Timestamp or NativeKind.Timestamptz or NativeKind.Time or NativeKind.Timetz, First: null } => type with { First = 6 },
        _ => type,
    };

    /// <summary>The differ takes any two times for equal, since the server spells them in its own way; here it matters which one it is.</summary>
    private static bool IsOtherTime(Column found, Column said)
    {
        if ((found.Default, said.Default) is not (ColumnDefault.Expression { Sql: { } sql }, ColumnDefault.Text { Value: var text })
            || said.Type is not ColumnType.Native { Type: var type }
            || sql.Split('\'') is not ["", var quoted, ..]
            || !DateTimeOffset.TryParse(quoted, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var one)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var other))
        {
            return false;
        }

        var apart = type.Kind switch
        {
            NativeKind.Timestamptz => one - other,
            NativeKind.Timestamp => one.DateTime - other.DateTime,
            NativeKind.Date => one.Date - other.Date,
            _ => TimeSpan.Zero,
        };
        return apart.Duration() > TimeSpan.FromMicroseconds(1);
    }
}
