using Sluice.Model;
using static Sluice.Diff.TypeCast;
using static Sluice.Model.NativeKind;

namespace Sluice.Diff;

internal static partial class TypeCasts
{
    private static TypeCast FromText(NativeType from, NativeType to)
    {
        if (from.Kind is NativeKind.Text)
        {
            return to switch
            {
                { Kind: Citext } or { Kind: VarChar, First: null } => Safe,
                { Kind: VarChar or NativeKind.Char } => Risky,
                _ => NotCastable,
            };
        }

        return to.Kind switch
        {
            NativeKind.Text => Safe,
            VarChar or NativeKind.Char => (from.First, to.First) switch
            {
                // A CHAR without a length holds one character, which fits everywhere.
                (null, _) when from.Kind is NativeKind.Char => Safe,
                (null, null) => to.Kind is NativeKind.Char ? Risky : Safe,
                (null, _) => Risky,
                (1, null) => Safe,
                (_, null) => to.Kind is NativeKind.Char ? Risky : Safe,
                ({ } old, { } characters) => old > characters ? Risky : Safe,
            },
            _ => NotCastable,
        };
    }

    private static TypeCast? FromTime(NativeType from, NativeType to)
    {
        if (from.Kind == to.Kind && from.Kind is not Date && (to.First is null || from.First is null || from.First == to.First))
        {
            return null;
        }

        var longest = from.Kind switch { Timestamp => 22, Time => 13, Timetz => 18, _ => 27 };
        return to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
            { Kind: VarChar or NativeKind.Char, First: { } characters } => characters > longest ? Safe : NotCastable,
            _ => (from.Kind, to.Kind) switch
            {
                (Timestamp or Timestamptz, Timestamp or Timestamptz or Date or Time or Timetz) => Safe,
                (Date, Timestamp or Timestamptz) => Safe,
                (Time, Timetz) => Safe,
                (Timetz, Timetz or Time) => Safe,
                _ => NotCastable,
            },
        };
    }

    private static TypeCast FromBits(NativeType from, NativeType to) => (from.Kind, from.First) switch
    {
        (Bit, null) => to.Kind is NativeKind.Text or VarChar or NativeKind.Char or VarBit ? Safe : NotCastable,
        (Bit, { } length) => to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar or VarBit, First: null } => Safe,
            { Kind: VarChar or VarBit or NativeKind.Char, First: { } wanted } when wanted >= length => Safe,
            _ => NotCastable,
        },
        (_, null) => to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
            { Kind: VarChar or NativeKind.Char or Bit } => Risky,
            _ => NotCastable,
        },
        (_, { } length) => to switch
        {
            { Kind: NativeKind.Text } or { Kind: VarChar or VarBit, First: null } => Safe,
            { Kind: VarBit, First: { } wanted } when wanted > length => Safe,
            { Kind: VarChar or NativeKind.Char, First: { } wanted } when wanted >= length => Safe,
            { Kind: Bit, First: { } wanted } => wanted <= length ? Risky : NotCastable,
            { Kind: Bit or VarChar or NativeKind.Char } => Risky,
            _ => NotCastable,
        },
    };

    private static TypeCast FromDocument(NativeType to, NativeKind? other) => to switch
    {
        { Kind: NativeKind.Text } or { Kind: VarChar, First: null } => Safe,
        _ when to.Kind == other => Safe,
        { Kind: VarChar or NativeKind.Char } => Risky,
        _ => NotCastable,
    };
}
