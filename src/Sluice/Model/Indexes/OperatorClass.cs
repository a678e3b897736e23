using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>An operator class that the schema language knows by name; all others are written `raw("…")`.</summary>
/// <param name="Types">The index types it belongs to.</param>
/// <param name="NativeKinds">The `@db.X` it can index.</param>
/// <param name="Scalar">The scalar it can index where no `@db.X` is written, null when it needs one.</param>
/// <param name="NeedsList">It indexes lists, of whatever type.</param>
internal sealed record OperatorClass(
    string Name,
    string SqlName,
    ImmutableArray<IndexType> Types,
    ImmutableArray<NativeKind> NativeKinds,
    ScalarKind? Scalar,
    bool NeedsList = false)
{
    private static readonly (string Name, string SqlName)[] Bloom = [("BloomOps", "bloom_ops")];

    private static readonly (string Name, string SqlName)[] MinMax = [("MinMaxOps", "minmax_ops")];

    private static readonly (string Name, string SqlName)[] MinMaxMulti = [("MinMaxMultiOps", "minmax_multi_ops")];

    private static readonly (string Name, string SqlName)[] Inclusion = [("InclusionOps", "inclusion_ops")];

    private static readonly (string Name, string SqlName)[] AllBrin = [.. Bloom, .. MinMax, .. MinMaxMulti];

    private static readonly FrozenDictionary<string, OperatorClass> ByName =
        All().ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);

    public static OperatorClass? FindBySqlName(string name, IndexType type) =>
        ByName.Values.FirstOrDefault(c => c.SqlName == name && c.Types.Contains(type));

    public static IEnumerable<string> Names => ByName.Keys;

    public static OperatorClass? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Those that can index such a field, in order of name.</summary>
    public static IEnumerable<OperatorClass> For(IndexType type, ScalarFieldBinding field) =>
        ByName.Values.Where(c => c.Types.Contains(type) && c.Supports(field)).OrderBy(c => c.Name, StringComparer.Ordinal);

    public bool Supports(ScalarFieldBinding field) => (NeedsList, field.HasNativeAttribute) switch
    {
        (true, _) => field.Arity is FieldArity.List,
        (_, true) => field.NativeType is { } native && NativeKinds.Contains(native.Kind),
        _ => Scalar is { } scalar && field.Scalar == scalar,
    };

    private static IEnumerable<OperatorClass> All() =>
    [
        new("InetOps", "inet_ops", [IndexType.Gist, IndexType.SpGist], [NativeKind.Inet], null),
        new("JsonbOps", "jsonb_ops", [IndexType.Gin], [NativeKind.JsonB], ScalarKind.Json),
        new("JsonbPathOps", "jsonb_path_ops", [IndexType.Gin], [NativeKind.JsonB], ScalarKind.Json),
        new("ArrayOps", "array_ops", [IndexType.Gin], [], null, NeedsList: true),
        new(
            "TextOps",
            "text_ops",
            [IndexType.SpGist],
            [NativeKind.Text, NativeKind.VarChar, NativeKind.Char],
            ScalarKind.String),
        .. Brin("Bit", "bit", MinMax, null, NativeKind.Bit),
        .. Brin("VarBit", "varbit", MinMax, null, NativeKind.VarBit),
        .. Brin("Bpchar", "bpchar", [.. Bloom, .. MinMax], null, NativeKind.Char),
        .. Brin("Bytea", "bytea", [.. Bloom, .. MinMax], ScalarKind.Bytes, NativeKind.ByteA),
        .. Brin("Date", "date", AllBrin, null, NativeKind.Date),
        .. Brin("Float4", "float4", AllBrin, null, NativeKind.Real),
        .. Brin("Float8", "float8", AllBrin, ScalarKind.Float, NativeKind.DoublePrecision),
        .. Brin("Inet", "inet", [.. Inclusion, .. AllBrin], null, NativeKind.Inet),
        .. Brin("Int2", "int2", AllBrin, null, NativeKind.SmallInt),
        .. Brin("Int4", "int4", AllBrin, ScalarKind.Int, NativeKind.Integer),
        .. Brin("Int8", "int8", AllBrin, ScalarKind.BigInt, NativeKind.BigInt),
        .. Brin("Numeric", "numeric", AllBrin, ScalarKind.Decimal, NativeKind.Decimal),
        .. Brin("Oid", "oid", AllBrin, null, NativeKind.Oid),
        .. Brin("Text", "text", [.. Bloom, .. MinMax], ScalarKind.String, NativeKind.Text, NativeKind.VarChar),
        .. Brin("Timestamp", "timestamp", AllBrin, ScalarKind.DateTime, NativeKind.Timestamp),
        .. Brin("TimestampTz", "timestamptz", AllBrin, null, NativeKind.Timestamptz),
        .. Brin("Time", "time", AllBrin, null, NativeKind.Time),
        .. Brin("TimeTz", "timetz", AllBrin, null, NativeKind.Timetz),
        .. Brin("Uuid", "uuid", AllBrin, null, NativeKind.Uuid),
    ];

    private static IEnumerable<OperatorClass> Brin(
        string prefix,
        string sqlPrefix,
        (string Name, string SqlName)[] families,
        ScalarKind? scalar,
        params ImmutableArray<NativeKind> kinds) =>
        families.Select(f => new OperatorClass(
            prefix + f.Name, $"{sqlPrefix}_{f.SqlName}", [IndexType.Brin], kinds, scalar));
}
