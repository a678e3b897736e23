using Sluice.Model;
using static Sluice.Diff.TypeCast;
using static Sluice.Model.NativeKind;

namespace Sluice.Diff;

/// <summary>What happens to values when PostgreSQL casts one type to another; null where the types are the same to it.</summary>
internal static partial class TypeCasts
{
    public static TypeCast? Between(NativeType from, NativeType to) => WithLength(from) == WithLength(to) ? null : from.Kind switch
    {
        SmallInt => FromInteger(to, digits: 3, length: 4),
        Integer => FromInteger(to, digits: 10, length: 11, SmallInt),
        BigInt => FromInteger(to, digits: 19, length: 20, SmallInt, Integer),
        NativeKind.Decimal => FromDecimal(from, to),
        Real => FromFloat(to, length: 47, narrower: []),
        DoublePrecision => FromFloat(to, length: 317, narrower: [Real]),
        Money => to.Kind is Citext or NativeKind.Text or VarChar ? Safe : Risky,
        Inet => to.Kind is Citext or NativeKind.Text or VarChar ? Safe : NotCastable,
        Oid => to.Kind is NativeKind.Text or VarChar or BigInt or Integer ? Safe : NotCastable,
        Citext => to.Kind is NativeKind.Text or VarChar ? Safe : Risky,
        VarChar or NativeKind.Char or NativeKind.Text => FromText(from, to),
        Timestamp or Timestamptz or Date or Time or Timetz => FromTime(from, to),
        Bit or VarBit => FromBits(from, to),
        NativeKind.Boolean => to switch
        {
            { Kind: NativeKind.Text or VarChar } => Safe,
            { Kind: NativeKind.Char, First: > 4 } => Safe,
            { Kind: NativeKind.Char, First: > 3 } => Risky,
            _ => NotCastable,
        },
        ByteA => to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
            { Kind: VarChar or NativeKind.Char, First: > 2 } => Risky,
            _ => NotCastable,
        },
        NativeKind.Uuid => to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
            { Kind: VarChar or NativeKind.Char, First: > 31 } => Safe,
            _ => NotCastable,
        },
        Xml => FromDocument(to, other: null),
        Json => FromDocument(to, other: JsonB),
        JsonB => FromDocument(to, other: Json),
        _ => NotCastable,
    };

    /// <summary>CHAR and BIT alone are of length 1, and a server always says so.</summary>
    private static NativeType WithLength(NativeType type) =>
        type is { Kind: NativeKind.Char or Bit, First: null } ? type with { First = 1 } : type;

    /// <summary>A list to a single value: its text form is all that can be kept.</summary>
    public static TypeCast FromList(NativeType to) => to switch
    {
        { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
        { Kind: VarChar or NativeKind.Char } => Risky,
        _ => NotCastable,
    };

    private static TypeCast FromInteger(NativeType to, int digits, int length, params ReadOnlySpan<NativeKind> narrower)
    {
        if (narrower.Contains(to.Kind))
        {
            return Risky;
        }

        return to switch
        {
            { Kind: SmallInt or Integer or BigInt or Real or DoublePrecision or NativeKind.Text } => Safe,
            { Kind: NativeKind.Decimal, First: { } precision } => precision - (to.Second ?? 0) < digits ? Risky : Safe,
            { Kind: NativeKind.Decimal } => Safe,
            { Kind: VarChar or NativeKind.Char, First: { } characters } => characters < length ? Risky : Safe,
            { Kind: VarChar } => Safe,
            { Kind: NativeKind.Char } => Risky,
            _ => NotCastable,
        };
    }

    private static TypeCast FromDecimal(NativeType from, NativeType to)
    {
        var (precision, scale) = (from.First, from.Second ?? 0);
        return to.Kind switch
        {
            SmallInt => FitsInteger(2),
            Integer => FitsInteger(9),
            BigInt => FitsInteger(18),
            NativeKind.Decimal => (precision, to.First) switch
            {
                (_, null) => Safe,
                (null, { } p) => p < 131_072 || (to.Second ?? 0) < 16_383 ? Risky : Safe,
                ({ } old, { } p) => old - scale > p - (to.Second ?? 0) || scale > (to.Second ?? 0) ? Risky : Safe,
            },
            Real or DoublePrecision => Risky,
            VarChar or NativeKind.Char => (to.First, precision) switch
            {
                (null, _) => to.Kind is NativeKind.Char ? Risky : Safe,
                ({ } characters, null) => characters < 131_073 ? Risky : Safe,
                // A sign, and a point where there is a fraction.
                ({ } characters, { } p) => p + (scale > 0 ? 2 : 1) > characters ? Risky : Safe,
            },
            NativeKind.Text => Safe,
            _ => NotCastable,
        };

        TypeCast FitsInteger(int digits) => precision is null || scale > 0 || precision > digits ? Risky : Safe;
    }

    private static TypeCast FromFloat(NativeType to, int length, params ReadOnlySpan<NativeKind> narrower)
    {
        if (narrower.Contains(to.Kind))
        {
            return Risky;
        }

        return to switch
        {
            { Kind: SmallInt or Integer or BigInt or NativeKind.Decimal } => Risky,
            { Kind: Real or DoublePrecision or NativeKind.Text } => Safe,
            { Kind: VarChar or NativeKind.Char, First: { } characters } => characters < length ? Risky : Safe,
            { Kind: VarChar } => Safe,
            { Kind: NativeKind.Char } => Risky,
            _ => NotCastable,
        };
    }
}
