using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Sql;

/// <summary>
/// How values get from one type to another where PostgreSQL does not see for itself. Prisma leaves it unsaid, and its command is
/// refused even on an empty table.
/// </summary>
internal static class TypeConversion
{
    /// <summary>The expression of a USING clause; null where the plain command works.</summary>
    public static string? Using(Column from, Column to, SqlNames names)
    {
        var column = SqlNames.Quote(from.Name);
        var type = SqlTypes.OfExisting(to, names);
        var list = from.Arity is FieldArity.List ? "[]" : "";
        return (from.Type, to.Type) switch
        {
            (ColumnType.Enum, ColumnType.Enum) when from.Arity is not FieldArity.List && to.Arity is FieldArity.List =>
                $"CASE WHEN {column} IS NULL THEN NULL ELSE ARRAY[{column}] END",
            (ColumnType.Native { Type.Kind: NativeKind.Citext }, ColumnType.Native { Type.Kind: var kind }) when !IsText(kind) =>
                $"{column}::text{list}::{type}",
            (ColumnType.Native { Type.Kind: NativeKind.Money }, ColumnType.Native { Type.Kind: var kind }) when !IsText(kind) && kind is not NativeKind.Decimal =>
                IsNumber(kind) ? $"{column}::numeric{list}::{type}" : $"{column}::text{list}::{type}",
            (ColumnType.Native { Type.Kind: NativeKind.Timestamp }, ColumnType.Native { Type.Kind: NativeKind.Timetz }) =>
                $"{column}::timestamptz{list}::{type}",
            _ => null,
        };
    }

    private static bool IsText(NativeKind kind) => kind is NativeKind.Text or NativeKind.VarChar or NativeKind.Char or NativeKind.Citext;

    private static bool IsNumber(NativeKind kind) =>
        kind is NativeKind.SmallInt or NativeKind.Integer or NativeKind.BigInt or NativeKind.Real or NativeKind.DoublePrecision;
}
