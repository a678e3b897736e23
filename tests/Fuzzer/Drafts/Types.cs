namespace Sluice.Fuzzer.Drafts;

/// <summary>Scalars with their native types and defaults, mostly right and now and then not.</summary>
internal static class Types
{
    public static readonly string[] Scalars = ["String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"];

    private static readonly string[] Texts =
    [
        "", "plain", "it's", "two  spaces", "quote \\\" inside", "back\\\\slash", "line\\nbreak", "tab\\there", "größe", "日本語", "emoji 🙂", "\\u0041", "100%", "$1", "--", "/* x */", "NULL", "'",
    ];

    public static string Scalar(Dice dice) => dice.Chance(45) ? dice.Pick(["String", "Int"]) : dice.Pick(Scalars);

    public static string? Native(Dice dice, string scalar)
    {
        if (dice.Chance(2))
        {
            scalar = dice.Pick(Scalars);
        }

        return scalar switch
        {
            "String" => dice.Roll(12) switch
            {
                0 => $"VarChar({dice.Pick([1, 10, 255, 4000])})",
                1 => "VarChar",
                2 => $"Char({dice.Pick([1, 8, 36])})",
                3 => "Char",
                4 => "Text",
                5 => "Citext",
                6 => "Inet",
                7 => $"Bit({dice.Between(1, 8)})",
                8 => dice.Chance(50) ? "VarBit" : $"VarBit({dice.Between(1, 64)})",
                9 => "Uuid",
                10 => "Xml",
                _ => "Uuid",
            },
            "Boolean" => "Boolean",
            "Int" => dice.Pick(["Integer", "SmallInt", "Oid", "Integer"]),
            "BigInt" => "BigInt",
            "Float" => dice.Pick(["Real", "DoublePrecision"]),
            "Decimal" => dice.Pick(["Decimal", "Decimal(10, 2)", "Decimal(65, 30)", dice.Chance(10) ? "Decimal(5)" : "Decimal(9, 9)", "Decimal(20, 0)", "Decimal(1000, 0)", "Money"]),
            "DateTime" => dice.Pick(["Timestamp(3)", "Timestamp(6)", "Timestamp", "Timestamptz(6)", "Timestamptz", "Timestamptz(3)", "Date", "Time(3)", "Time", "Timetz(0)", "Timetz"]),
            "Json" => dice.Pick(["Json", "JsonB"]),
            "Bytes" => "ByteA",
            _ => null,
        };
    }

    /// <summary>A type that PostgreSQL knows and the language does not.</summary>
    public static string Unsupported(Dice dice) =>
        $"Unsupported(\"{dice.Pick(["point", "tsvector", "circle", "interval", "polygon", "int4range", "macaddr", "hstore", "box"])}\")";

    public static string? Default(Dice dice, Draft draft, DraftField field)
    {
        if (dice.Chance(7))
        {
            return dice.Chance(20) ? "dbgenerated()" : Generated(dice, field);
        }

        if (field.Type.StartsWith("Unsupported", StringComparison.Ordinal))
        {
            return "dbgenerated()";
        }

        if (field.Arity == "[]")
        {
            var count = dice.Between(0, 3);
            var items = Enumerable.Range(0, count).Select(_ => Literal(dice, draft, field.Type, field.Native));
            return $"[{string.Join(", ", items)}]";
        }

        return dice.Chance(55) ? Literal(dice, draft, field.Type, field.Native) : Function(dice, field) ?? Literal(dice, draft, field.Type, field.Native);
    }

    private static string Generated(Dice dice, DraftField field)
    {
        var expression = (field.Arity == "[]" ? "" : field.Native?.Split('(')[0] ?? field.Type) switch
        {
            "String" or "Text" or "VarChar" => dice.Pick(["'x'::text", "lower('ABC')", "gen_random_uuid()"]),
            "Uuid" => "gen_random_uuid()",
            "Int" or "BigInt" or "Integer" or "SmallInt" or "Decimal" or "Float" => dice.Pick(["(1 + 1)", "1", "-1"]),
            "DateTime" or "Timestamp" or "Timestamptz" => dice.Pick(["now()", "CURRENT_TIMESTAMP", "(now() + '1 day'::interval)"]),
            "Boolean" => "(1 > 2)",
            "Json" or "JsonB" => "'{}'",
            _ => "NULL",
        };
        return $"dbgenerated(\"{expression}\")";
    }

    private static string? Function(Dice dice, DraftField field) => field.Type switch
    {
        "String" => dice.Pick(["uuid()", "uuid(4)", "uuid(7)", "cuid()", "cuid(2)", "ulid()", "nanoid()", "nanoid(10)"]),
        "Int" or "BigInt" => "autoincrement()",
        "DateTime" => "now()",
        _ => null,
    };

    private static string Literal(Dice dice, Draft draft, string type, string? native)
    {
        if (dice.Chance(2))
        {
            type = dice.Pick(Scalars);
        }

        return type switch
        {
            "String" => native switch
            {
                "Uuid" => "\"00000000-0000-4000-8000-000000000000\"",
                not null when native.Contains("Bit", StringComparison.Ordinal) => "\"1\"",
                "Inet" => "\"127.0.0.1\"",
                "Xml" => "\"<a/>\"",
                _ => $"\"{dice.Pick(Texts)}\"",
            },
            "Boolean" => dice.Pick(["true", "false"]),
            "Int" => dice.Pick(["0", "1", "-1", "42", "32767", "2147483647", "-2147483648"]),
            "BigInt" => dice.Pick(["0", "-5", "9007199254740993", "9223372036854775807"]),
            "Float" => dice.Pick(["0", "1.5", "-0.25", "3", "100.10", "1.0", "0.0000001", "123456789.123456789"]),
            "Decimal" => dice.Pick(["0", "1.10", "-99.99", "1000", "0.00", "12345678901234567890.5"]),
            "DateTime" => dice.Pick(["\"2020-01-01T00:00:00Z\"", "\"2020-02-29T12:34:56.789Z\"", "\"1999-12-31T23:59:59+02:00\""]),
            "Json" => dice.Pick(["\"{}\"", "\"[]\"", "\"{ \\\"a\\\": 1 }\"", "\"[1, \\\"zwei\\\", null]\"", "\"\\\"it's\\\"\"", "\"null\""]),
            "Bytes" => dice.Pick(["\"aGVsbG8=\"", "\"\"", "\"AAECAw==\"", "\"/w==\""]),
            _ => draft.Enums.Find(e => e.Name == type) is { Values.Count: > 0 } definition ? dice.Pick(definition.Values).Name : "UNKNOWN",
        };
    }
}
