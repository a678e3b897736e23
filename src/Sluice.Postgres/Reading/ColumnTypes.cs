using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Postgres.Reading;

/// <summary>PostgreSQL's internal type names to the types that the schema language can name.</summary>
internal static class ColumnTypes
{
    /// <param name="name">The name in pg_type, of an array type's element where the column is a list.</param>
    /// <param name="modifier">The column's type modifier, -1 for none.</param>
    /// <returns>Null for a type that the language has no name for.</returns>
    public static NativeType? Native(string name, int modifier, bool isList) => name switch
    {
        "int2" => new(NativeKind.SmallInt),
        "int4" => new(NativeKind.Integer),
        "int8" => new(NativeKind.BigInt),
        "oid" => new(NativeKind.Oid),
        "float4" => new(NativeKind.Real),
        "float8" => new(NativeKind.DoublePrecision),
        "bool" => new(NativeKind.Boolean),
        "text" => new(NativeKind.Text),
        "citext" => new(NativeKind.Citext),
        "varchar" => new(NativeKind.VarChar, Length(modifier)),
        "bpchar" => new(NativeKind.Char, Length(modifier)),
        "char" => new(NativeKind.Char),
        "date" => new(NativeKind.Date),
        "bytea" => new(NativeKind.ByteA),
        "json" => new(NativeKind.Json),
        "jsonb" => new(NativeKind.JsonB),
        "uuid" => new(NativeKind.Uuid),
        "xml" => new(NativeKind.Xml),
        "bit" => new(NativeKind.Bit, modifier < 0 ? null : modifier),
        "varbit" => new(NativeKind.VarBit, modifier < 0 ? null : modifier),
        "numeric" => Numeric(modifier),
        "money" => new(NativeKind.Money),
        "time" => new(NativeKind.Time, Fraction(modifier, isList)),
        "timetz" => new(NativeKind.Timetz, Fraction(modifier, isList)),
        "timestamp" => new(NativeKind.Timestamp, Fraction(modifier, isList)),
        "timestamptz" => new(NativeKind.Timestamptz, Fraction(modifier, isList)),
        "inet" => new(NativeKind.Inet),
        _ => null,
    };

    // The modifier of a variable-length type counts its own header of four bytes.
    private static int? Length(int modifier) => modifier < 0 ? null : modifier - 4;

    private static NativeType Numeric(int modifier)
    {
        if (modifier < 0)
        {
            return new(NativeKind.Decimal);
        }

        // Eleven bits of signed scale since PostgreSQL 15; before, the scale was never negative.
        var packed = modifier - 4;
        return new(NativeKind.Decimal, (packed >> 16) & 0xffff, ((packed & 0x7ff) ^ 0x400) - 0x400);
    }

    // A scalar without precision has six digits, says the information schema; of a list's element it says nothing.
    private static int? Fraction(int modifier, bool isList) => modifier >= 0 ? modifier : isList ? null : 6;
}
