using Sluice.Model;
using static Sluice.Model.NativeKind;

namespace Sluice.Diff;

internal static partial class TypeCasts
{
    /// <summary>Casts that are called safe, because none fails, and after which a value can be another one all the same.</summary>
    public static bool MayChange(NativeType from, NativeType to) => (from.Kind, to.Kind) switch
    {
        (Integer or BigInt, Real) or (BigInt, DoublePrecision) or (Oid, Integer) => true,
        // Blanks at the end are padding in the one, and text in the other.
        (VarChar, NativeKind.Char) => true,
        (Timestamp, Timestamp) or (Timestamptz, Timestamptz) or (Timetz, Timetz) => (to.First ?? 6) < (from.First ?? 6),
        (Timestamp or Timestamptz, Timestamp or Timestamptz or Date or Time or Timetz) => true,
        // The session's time zone decides which moment is meant.
        (Date, Timestamptz) or (Time, Timetz) or (Timetz, Time) => true,
        _ => false,
    };
}
