using Sluice.Catalog;
using Sluice.Syntax;

namespace Sluice.Diff;

internal static class ColumnComparison
{
    public static ColumnDifference Of(Column from, Column to, TableContext context) =>
        new(
            from.Arity != to.Arity && !IsSerial(from, to, context),
            context.Exact ? from.Default != to.Default : !DefaultComparison.Match(from, to, context),
            to.IsComputed && from.Generated != to.Generated ? TypeCast.NotCastable : Cast(from, to, context),
            from.AutoIncrement != to.AutoIncrement);

    /// <summary>SERIAL makes a column NOT NULL, also where the schema says it is optional.</summary>
    private static bool IsSerial(Column from, Column to, TableContext context) =>
        context.OneSideIsServer && from.AutoIncrement && to.AutoIncrement && from.Arity is not FieldArity.List && to.Arity is not FieldArity.List;

    private static TypeCast? Cast(Column from, Column to, TableContext context)
    {
        var (fromList, toList) = (from.Arity is FieldArity.List, to.Arity is FieldArity.List);
        return (from.Type, to.Type) switch
        {
            // One value can become a list of one; which value of a list should stay, nobody knows.
            (ColumnType.Enum previous, ColumnType.Enum next) => previous == next && (!fromList || toList) ? null : TypeCast.NotCastable,
            (ColumnType.Enum, _) or (_, ColumnType.Enum) => TypeCast.NotCastable,
            (_, ColumnType.Native next) when fromList && !toList => TypeCasts.FromList(next.Type),
            _ when fromList != toList => TypeCast.NotCastable,
            (ColumnType.Native previous, ColumnType.Native next) => TypeCasts.Between(previous.Type, next.Type),
            // What the language cannot name it cannot compare either: two spellings may well be one type.
            (ColumnType.Unsupported previous, ColumnType.Unsupported next) => context.Exact && previous != next ? TypeCast.Risky : null,
            _ => TypeCast.Risky,
        };
    }
}
