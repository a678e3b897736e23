using Sluice.Lint.Known;
using Sluice.Lint.Statements;

namespace Sluice.Lint.Predicting;

/// <summary>Whether a default has one value for all rows: then it is kept beside the table, and no row is touched.</summary>
internal static class Volatility
{
    private static readonly HashSet<string> Steady = new(StringComparer.Ordinal)
    {
        "now", "transaction_timestamp", "statement_timestamp", "timezone", "date_trunc", "to_timestamp", "to_char", "to_date", "make_date", "make_interval", "make_timestamp", "make_timestamptz",
        "current_setting", "current_schema", "current_database", "lower", "upper", "initcap", "trim", "btrim", "concat", "concat_ws", "format", "coalesce", "nullif", "greatest", "least", "array", "row", "cast",
        "jsonb_build_object", "json_build_object", "jsonb_build_array", "json_build_array", "to_jsonb", "to_json", "md5", "sha256", "abs", "round", "floor", "ceil", "mod", "power",
        "length", "char_length", "substring", "substr", "left", "right", "replace", "repeat", "extract", "date_part", "age", "date", "interval", "numeric", "varchar", "decode", "encode",
        "current_timestamp", "localtimestamp", "current_time", "localtime", "to_tsvector", "string_to_array", "array_to_string", "int4range", "int8range", "daterange", "tsrange", "tstzrange", "point", "st_makepoint",
    };

    private static readonly HashSet<string> Moving = new(StringComparer.Ordinal)
    {
        "random", "random_normal", "gen_random_uuid", "gen_random_bytes", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4", "uuidv4", "uuidv7", "clock_timestamp", "timeofday", "nextval", "setval",
        "currval", "lastval", "txid_current", "pg_backend_pid", "cuid", "nanoid", "gen_salt",
    };

    /// <returns>Null where one value serves all rows.</returns>
    public static (string Why, bool Sure)? Of(Expression value, KnownSchema known)
    {
        foreach (var call in value.Calls)
        {
            if (Moving.Contains(call) || known.IsVolatile(call) is true)
            {
                return ($"{call}() gives each row a value of its own", true);
            }
        }

        return value.Calls.Items.FirstOrDefault(c => !Steady.Contains(c) && known.IsVolatile(c) is not false) is { } unknown
            ? ($"whether {unknown}() gives each row a value of its own is not known; the worse is assumed", false)
            : null;
    }
}
