using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Postgres.Reading;

/// <summary>What a default of a column can be, seen from its type.</summary>
internal enum ValueFamily
{
    Text,
    Integer,
    Fraction,
    Boolean,
    Moment,
    Bytes,
    Enum,
    Opaque,
}

internal static class DefaultFamily
{
    public static ValueFamily Of(ColumnType type) => type switch
    {
        ColumnType.Enum => ValueFamily.Enum,
        ColumnType.Unsupported => ValueFamily.Opaque,
        ColumnType.Native native => Of(native.Type.Kind),
        _ => throw new UnreachableException(),
    };

    private static ValueFamily Of(NativeKind kind) => kind switch
    {
        NativeKind.SmallInt or NativeKind.Integer or NativeKind.BigInt or NativeKind.Oid => ValueFamily.Integer,
        NativeKind.Real or NativeKind.DoublePrecision or NativeKind.Decimal or NativeKind.Money => ValueFamily.Fraction,
        NativeKind.Boolean => ValueFamily.Boolean,
        NativeKind.Date or NativeKind.Time or NativeKind.Timetz or NativeKind.Timestamp or NativeKind.Timestamptz => ValueFamily.Moment,
        NativeKind.ByteA => ValueFamily.Bytes,
        NativeKind.Uuid => ValueFamily.Opaque,
        _ => ValueFamily.Text,
    };
}
