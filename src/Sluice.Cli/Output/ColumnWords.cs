using System.Diagnostics;
using System.Globalization;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Syntax;

namespace Sluice.Cli.Output;

/// <summary>What differs in a column: `Integer? → BigInt, default added`.</summary>
internal static class ColumnWords
{
    public static string Difference(Change.ColumnChanged change)
    {
        var (_, from, to, difference) = change;
        var parts = new List<string>();
        if (difference.Type is not null || difference.Arity)
        {
            parts.Add($"{Type(from)} → {Type(to)}{Fate(difference.Type)}");
        }

        if (difference.Default)
        {
            parts.Add((from.Default, to.Default) switch
            {
                (null, _) => "default added",
                (_, null) => "default removed",
                _ => "default changed",
            });
        }

        if (difference.AutoIncrement)
        {
            parts.Add(to.AutoIncrement ? "autoincrement added" : "autoincrement removed");
        }

        return string.Join(", ", parts);
    }

    private static string Fate(TypeCast? cast) => cast switch
    {
        TypeCast.Risky => ", values may not fit",
        TypeCast.NotCastable => ", values cannot be kept",
        _ => "",
    };

    private static string Type(Column column) => Type(column.Type) + column.Arity switch
    {
        FieldArity.Required => "",
        FieldArity.Optional => "?",
        FieldArity.List => "[]",
        _ => throw new UnreachableException(),
    };

    private static string Type(ColumnType type) => type switch
    {
        ColumnType.Native { Type: { First: { } first, Second: { } second } native } => string.Create(CultureInfo.InvariantCulture, $"{native.Kind}({first}, {second})"),
        ColumnType.Native { Type: { First: { } first } native } => string.Create(CultureInfo.InvariantCulture, $"{native.Kind}({first})"),
        ColumnType.Native { Type: var native } => native.Kind.ToString(),
        ColumnType.Enum { Name: var name } => name.Name,
        ColumnType.Unsupported { Text: var text } => text,
        _ => throw new UnreachableException(),
    };
}
