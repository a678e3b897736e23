using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Plan;

/// <summary>A column's type as the schema language spells it after `@db.`, for messages.</summary>
internal static class TypeNames
{
    public static string InSchema(ColumnType type) => type switch
    {
        ColumnType.Native { Type: var native } => InSchema(native),
        ColumnType.Enum { Name: var name } => name.Name,
        ColumnType.Unsupported { Text: var text } => $"Unsupported(\"{text}\")",
        _ => throw new UnreachableException(type.GetType().Name),
    };

    public static string InSchema(NativeType type) => (type.First, type.Second) switch
    {
        ({ } first, { } second) => $"{type.Kind}({first},{second})",
        ({ } first, null) => $"{type.Kind}({first})",
        _ => type.Kind.ToString(),
    };
}
