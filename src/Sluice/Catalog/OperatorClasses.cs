using Sluice.Model;

namespace Sluice.Catalog;

/// <summary>Which operator classes PostgreSQL takes by itself, so that naming one says nothing new.</summary>
public static class OperatorClasses
{
    private static readonly HashSet<string> Ordered = new(StringComparer.Ordinal)
    {
        "array_ops", "bit_ops", "bool_ops", "bpchar_ops", "bytea_ops", "char_ops", "cidr_ops", "citext_ops", "date_ops", "enum_ops",
        "float4_ops", "float8_ops", "inet_ops", "int2_ops", "int4_ops", "int8_ops", "interval_ops", "jsonb_ops", "money_ops", "name_ops",
        "numeric_ops", "oid_ops", "range_ops", "text_ops", "time_ops", "timestamp_ops", "timestamptz_ops", "timetz_ops", "uuid_ops",
        "varbit_ops",
    };

    public static bool IsDefault(string operatorClass, IndexType type) => type switch
    {
        IndexType.BTree or IndexType.Hash => Ordered.Contains(operatorClass),
        IndexType.Gin => operatorClass is "array_ops" or "jsonb_ops" or "tsvector_ops",
        IndexType.Gist => operatorClass is "box_ops" or "circle_ops" or "point_ops" or "poly_ops" or "range_ops" or "tsquery_ops" or "tsvector_ops",
        IndexType.SpGist => operatorClass is "inet_ops" or "text_ops" or "quad_point_ops" or "range_ops" or "box_ops" or "poly_ops",
        IndexType.Brin => operatorClass is "inet_inclusion_ops"
            || (operatorClass.EndsWith("_minmax_ops", StringComparison.Ordinal) && operatorClass is not "inet_minmax_ops"),
        _ => false,
    };
}
