using Sluice.Model;
using Sluice.Plan;
using static Sluice.Model.NativeKind;

namespace Sluice.Sql;

/// <summary>Asks the server which values a cast would change. A date and time without a zone is one in UTC, as clients write them.</summary>
public static class NarrowingProbe
{
    /// <summary>A condition on the table's rows; it holds where the value would be another one afterwards. Never fails on a value.</summary>
    public static string Condition(DataLossCheck.NarrowingCast cast)
    {
        var column = SqlNames.Quote(cast.Name);
        return cast.IsList
            ? $"EXISTS (SELECT FROM pg_catalog.unnest({column}) AS element(v) WHERE {Changes("element.v", cast.From, cast.To)})"
            : Changes(column, cast.From, cast.To);
    }

    private static string Changes(string value, NativeType from, NativeType to)
    {
        var cast = $"{value}::{SqlTypes.Write(to)}";
        return (from.Kind, to.Kind) switch
        {
            (Integer, Real) => $"{cast}::float8 IS DISTINCT FROM {value}::float8",
            // Next to the largest number, the way back would not fit.
            (BigInt, Real) => $"CASE WHEN {value} >= 9223371761976868863 THEN true ELSE {cast}::bigint IS DISTINCT FROM {value} END",
            (BigInt, DoublePrecision) => $"CASE WHEN {value} >= 9223372036854775295 THEN true ELSE {cast}::bigint IS DISTINCT FROM {value} END",
            (Oid, Integer) => $"{value}::bigint > 2147483647",
            (VarChar, NativeKind.Char) => $"{cast}::text IS DISTINCT FROM {value}::text",
            (Timestamp, Timestamptz) => $"{cast} IS DISTINCT FROM {value} AT TIME ZONE 'UTC'",
            (Timestamp, Timetz) => $"DATE '1970-01-01' + {value}::timestamptz::{SqlTypes.Write(to)} IS DISTINCT FROM {value} AT TIME ZONE 'UTC'",
            (Timestamp, Time) => $"DATE '1970-01-01' + {cast} IS DISTINCT FROM {value}",
            (Timestamp, Date) => $"{cast}::timestamp IS DISTINCT FROM {value}",
            (Timestamptz, Timestamp) => $"{cast} IS DISTINCT FROM {value} AT TIME ZONE 'UTC'",
            (Timestamptz, Timetz) => $"DATE '1970-01-01' + {cast} IS DISTINCT FROM {value}",
            (Timestamptz, Time) => $"DATE '1970-01-01' + {cast} IS DISTINCT FROM {value} AT TIME ZONE 'UTC'",
            (Timestamptz, Date) => $"{cast}::timestamp IS DISTINCT FROM {value} AT TIME ZONE 'UTC'",
            (Date, Timestamptz) => $"{cast} IS DISTINCT FROM {value}::timestamp AT TIME ZONE 'UTC'",
            (Time, Timetz) => $"({cast} AT TIME ZONE 'UTC')::time IS DISTINCT FROM {value}",
            (Timetz, Time) => $"{cast} IS DISTINCT FROM ({value} AT TIME ZONE 'UTC')::time",
            _ => $"{cast} IS DISTINCT FROM {value}",
        };
    }
}
