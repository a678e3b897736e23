using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Sql;

/// <summary>Column types as PostgreSQL is told them.</summary>
internal static class SqlTypes
{
    /// <summary>In a definition, where SERIAL makes the sequence too.</summary>
    public static string OfNew(Column column, SqlNames names) => (column.AutoIncrement, column.Type) switch
    {
        (true, ColumnType.Native { Type.Kind: NativeKind.SmallInt }) => "SMALLSERIAL",
        (true, ColumnType.Native { Type.Kind: NativeKind.Integer }) => "SERIAL",
        (true, ColumnType.Native { Type.Kind: NativeKind.BigInt }) => "BIGSERIAL",
        _ => OfExisting(column, names),
    };

    public static string OfExisting(Column column, SqlNames names)
    {
        var type = column.Type switch
        {
            ColumnType.Native { Type: var native } => Write(native),
            ColumnType.Enum { Name: var name } => names.Of(name),
            ColumnType.Unsupported { Text: var text } => text,
            _ => throw new UnreachableException(column.Type.GetType().Name),
        };
        return column.Arity is FieldArity.List ? type + "[]" : type;
    }

    public static string Write(NativeType type)
    {
        var name = type.Kind is NativeKind.DoublePrecision ? "DOUBLE PRECISION" : type.Kind.ToString().ToUpperInvariant();
        return (type.First, type.Second) switch
        {
            ({ } first, { } second) => $"{name}({first},{second})",
            ({ } first, null) => $"{name}({first})",
            _ => name,
        };
    }
}
