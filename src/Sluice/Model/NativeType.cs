namespace Sluice.Model;

/// <summary>A PostgreSQL type that the schema language can name.</summary>
/// <param name="First">Length or precision, null when absent.</param>
/// <param name="Second">Scale, null when absent.</param>
public sealed record NativeType(NativeKind Kind, int? First = null, int? Second = null);

/// <summary>Named as in `@db.X`.</summary>
public enum NativeKind
{
    SmallInt,
    Integer,
    BigInt,
    Decimal,
    Money,
    Inet,
    Oid,
    Citext,
    Real,
    DoublePrecision,
    VarChar,
    Char,
    Text,
    ByteA,
    Timestamp,
    Timestamptz,
    Date,
    Time,
    Timetz,
    Boolean,
    Bit,
    VarBit,
    Uuid,
    Xml,
    Json,
    JsonB,
}
