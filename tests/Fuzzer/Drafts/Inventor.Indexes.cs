namespace Sluice.Fuzzer.Drafts;

internal sealed partial class Inventor
{
    private static readonly string[] Classes =
    [
        "ArrayOps", "JsonbOps", "JsonbPathOps", "InetOps", "TextOps", "BitMinMaxOps", "VarBitMinMaxOps", "BpcharBloomOps", "BpcharMinMaxOps", "ByteaBloomOps", "ByteaMinMaxOps",
        "DateBloomOps", "DateMinMaxOps", "DateMinMaxMultiOps", "Float4BloomOps", "Float4MinMaxOps", "Float4MinMaxMultiOps", "Float8BloomOps", "Float8MinMaxOps", "Float8MinMaxMultiOps",
        "InetInclusionOps", "InetBloomOps", "InetMinMaxOps", "InetMinMaxMultiOps", "Int2BloomOps", "Int2MinMaxOps", "Int2MinMaxMultiOps", "Int4BloomOps", "Int4MinMaxOps",
        "Int4MinMaxMultiOps", "Int8BloomOps", "Int8MinMaxOps", "Int8MinMaxMultiOps", "NumericBloomOps", "NumericMinMaxOps", "NumericMinMaxMultiOps", "OidBloomOps", "OidMinMaxOps",
        "OidMinMaxMultiOps", "TextBloomOps", "TextMinMaxOps", "TimestampBloomOps", "TimestampMinMaxOps", "TimestampMinMaxMultiOps", "TimestampTzBloomOps", "TimestampTzMinMaxOps",
        "TimestampTzMinMaxMultiOps", "TimeBloomOps", "TimeMinMaxOps", "TimeMinMaxMultiOps", "TimeTzBloomOps", "TimeTzMinMaxOps", "TimeTzMinMaxMultiOps", "UuidBloomOps", "UuidMinMaxOps",
        "UuidMinMaxMultiOps",
    ];

    public void AddIndex(Draft draft, DraftEntity entity)
    {
        var fields = entity.Fields.Where(f => !f.Type.StartsWith("Unsupported", StringComparison.Ordinal) && f.Native != "Xml").ToList();
        if (fields.Count == 0)
        {
            return;
        }

        var index = new DraftIndex { Kind = dice.Chance(70) ? "index" : "unique" };
        index.Map = dice.Chance(15) ? Names.Constraint(dice, draft) : null;
        index.Name = index.Kind == "unique" && dice.Chance(10) ? $"client{draft.NextName++}" : null;
        if (index.Kind == "index" && dice.Chance(30))
        {
            Typed(index, fields);
        }
        else
        {
            index.Parts = [.. dice.Some(fields, dice.Between(1, 3)).Select(f => new DraftIndexPart(f.Name, Sort(index.Kind)))];
        }

        entity.Indexes.Add(index);
    }

    public string Sort(string kind) => dice.Roll(12) switch
    {
        0 => "sort: Desc",
        1 => "sort: Asc",
        2 when dice.Chance(kind == "index" ? 30 : 1) => "ops: raw(\"text_pattern_ops\")",
        _ => "",
    };

    private void Typed(DraftIndex index, List<DraftField> fields)
    {
        index.Type = dice.Pick(["BTree", "Hash", "Gin", "Gist", "SpGist", "Brin", "Brin"]);
        var suited = fields.Where(f => Suits(index.Type, f)).ToList();
        if (suited.Count == 0 && dice.Chance(90))
        {
            index.Type = dice.Chance(50) ? "Hash" : "BTree";
        }

        var field = dice.Pick(suited.Count == 0 ? fields : suited);
        var operators = index.Type is "BTree" or "Hash" ? "" : Operators(index.Type, field);
        index.Parts.Add(new(field.Name, operators));
        if (fields.Count > 1 && index.Type is not ("Hash" or "SpGist" or "Gin" or "Gist") && dice.Chance(15))
        {
            index.Parts.Add(new(dice.Pick(fields.Where(f => f != field).ToList()).Name, ""));
        }
    }

    private static bool Suits(string type, DraftField field) => type switch
    {
        "Gin" => field.Arity == "[]" || field.Type == "Json",
        "Gist" => field.Native == "Inet",
        "SpGist" => field.Native == "Inet" || field is { Type: "String", Native: null or "Text" or "VarChar" },
        "Brin" => field.Arity != "[]" && field.Type is not ("Json" or "Boolean") && Types.Scalars.Contains(field.Type) && field.Native is not ("Money" or "Citext" or "Json" or "JsonB" or "Boolean"),
        _ => true,
    };

    private string Operators(string type, DraftField field) => dice.Roll(30) switch
    {
        0 => $"ops: {dice.Pick(Classes)}",
        1 or 2 => "ops: raw(\"my_ops\")",
        < 12 when type is not "Gist" => "",
        _ => $"ops: {OperatorClass(type, field)}",
    };

    private string OperatorClass(string type, DraftField field)
    {
        var family = Family(field);
        return type switch
        {
            "Gin" => field.Arity == "[]" ? "ArrayOps" : dice.Pick(["JsonbOps", "JsonbPathOps"]),
            "Gist" => "InetOps",
            "SpGist" => field.Native == "Inet" ? "InetOps" : "TextOps",
            _ => family + dice.Pick(family switch
            {
                "Bit" or "VarBit" => ["MinMaxOps"],
                "Text" or "Bpchar" or "Bytea" => ["MinMaxOps", "BloomOps"],
                "Inet" => ["MinMaxOps", "BloomOps", "MinMaxMultiOps", "InclusionOps"],
                _ => (string[])["MinMaxOps", "BloomOps", "MinMaxMultiOps"],
            }),
        };
    }

    private static string Family(DraftField field) => (field.Native?.Split('(')[0] ?? field.Type) switch
    {
        "SmallInt" => "Int2",
        "Integer" or "Int" => "Int4",
        "BigInt" => "Int8",
        "Decimal" => "Numeric",
        "Real" => "Float4",
        "Float" or "DoublePrecision" => "Float8",
        "Char" => "Bpchar",
        "ByteA" or "Bytes" => "Bytea",
        "DateTime" or "Timestamp" => "Timestamp",
        "Timestamptz" => "TimestampTz",
        "Timetz" => "TimeTz",
        "String" or "VarChar" => "Text",
        var other => other,
    };
}
