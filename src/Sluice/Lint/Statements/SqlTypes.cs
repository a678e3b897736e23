namespace Sluice.Lint.Statements;

/// <summary>PostgreSQL's names for one type, brought to one.</summary>
internal static class SqlTypes
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["int"] = "integer", ["int4"] = "integer", ["int8"] = "bigint", ["int2"] = "smallint", ["bool"] = "boolean", ["decimal"] = "numeric", ["dec"] = "numeric",
        ["varchar"] = "character varying", ["char varying"] = "character varying", ["nchar varying"] = "character varying", ["national varying"] = "character varying",
        ["char"] = "character", ["bpchar"] = "character", ["nchar"] = "character", ["national character"] = "character",
        ["float8"] = "double precision", ["float"] = "double precision", ["float4"] = "real", ["varbit"] = "bit varying",
        ["timestamptz"] = "timestamptz", ["timetz"] = "timetz", ["serial4"] = "serial", ["serial8"] = "bigserial", ["serial2"] = "smallserial",
    };

    public static SqlType Canonical(string name, int? first, int? second, bool array)
    {
        var known = Aliases.GetValueOrDefault(name, name);

        // numeric(10) is numeric(10,0), char is char(1).
        return known switch
        {
            "numeric" when first is not null => new(known, first, second ?? 0, array),
            "character" when name is not "bpchar" => new(known, first ?? 1, null, array),
            _ => new(known, first, second, array),
        };
    }
}
