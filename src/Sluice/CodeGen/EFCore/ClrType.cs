using System.Diagnostics;
using System.Globalization;
using Sluice.Model;

namespace Sluice.CodeGen.EFCore;

/// <summary>The C# type of a column's value, or of an element where the column is a list.</summary>
/// <param name="Namespace">Empty for a keyword such as `int`.</param>
/// <param name="IsValueType">Null for a type of the program's own: the schema does not say which it is.</param>
/// <param name="Converter">What makes its values fit the column, a call of `Timestamps`; null where they do.</param>
internal sealed record ClrType(string Namespace, string Name, bool? IsValueType, string? Converter = null)
{
    public static ClrType Text { get; } = new("", "string", false);

    public static ClrType Json { get; } = new("System.Text.Json", "JsonDocument", false);

    public static ClrType Guid { get; } = new("System", "Guid", true);

    public static ClrType Of(NativeType native) => native.Kind switch
    {
        NativeKind.SmallInt => Keyword("short"),
        NativeKind.Integer => Keyword("int"),
        NativeKind.BigInt => Keyword("long"),
        NativeKind.Oid => Keyword("uint"),
        NativeKind.Decimal or NativeKind.Money => Keyword("decimal"),
        NativeKind.Real => Keyword("float"),
        NativeKind.DoublePrecision => Keyword("double"),
        NativeKind.Boolean => Keyword("bool"),
        NativeKind.Uuid => Guid,
        NativeKind.Inet => new("NpgsqlTypes", "NpgsqlInet", true),
        NativeKind.Timestamp => new("System", "DateTime", true, $"WithoutTimeZone({Precision(native)})"),
        NativeKind.Timestamptz => new("System", "DateTime", true, $"WithTimeZone({Precision(native)})"),
        NativeKind.Date => new("System", "DateOnly", true),
        NativeKind.Time => new("System", "TimeOnly", true),
        NativeKind.Timetz => new("System", "DateTimeOffset", true),
        NativeKind.ByteA => new("", "byte[]", false),
        NativeKind.Bit or NativeKind.VarBit => new("System.Collections", "BitArray", false),
        NativeKind.Json or NativeKind.JsonB => Json,
        NativeKind.Text or NativeKind.VarChar or NativeKind.Char or NativeKind.Citext or NativeKind.Xml => Text,
        _ => throw new UnreachableException(native.Kind.ToString()),
    };

    /// <summary>As PostgreSQL's `format_type` says it.</summary>
    public static string StoreType(NativeType native) => native.Kind switch
    {
        NativeKind.SmallInt => "smallint",
        NativeKind.Integer => "integer",
        NativeKind.BigInt => "bigint",
        NativeKind.Decimal => "numeric" + Facets(native),
        NativeKind.DoublePrecision => "double precision",
        NativeKind.VarChar => "character varying" + Facets(native),
        NativeKind.Char => "character" + Facets(native with { First = native.First ?? 1 }),
        NativeKind.Bit => "bit" + Facets(native with { First = native.First ?? 1 }),
        NativeKind.VarBit => "bit varying" + Facets(native),
        NativeKind.Timestamp => $"timestamp{Facets(native)} without time zone",
        NativeKind.Timestamptz => $"timestamp{Facets(native)} with time zone",
        NativeKind.Time => $"time{Facets(native)} without time zone",
        NativeKind.Timetz => $"time{Facets(native)} with time zone",
        _ => native.Kind.ToString().ToLowerInvariant(),
    };

    // PostgreSQL keeps microseconds where no precision is given.
    private static string Precision(NativeType native) => (native.First ?? 6).ToString(CultureInfo.InvariantCulture);

    private static string Facets(NativeType native) => (native.First, native.Second) switch
    {
        ({ } first, { } second) => string.Create(CultureInfo.InvariantCulture, $"({first},{second})"),
        ({ } first, null) => string.Create(CultureInfo.InvariantCulture, $"({first})"),
        _ => "",
    };

    private static ClrType Keyword(string name) => new("", name, true);
}
