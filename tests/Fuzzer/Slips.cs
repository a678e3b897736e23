using System.Text.RegularExpressions;

namespace Sluice.Fuzzer;

/// <summary>Mistakes of meaning: the text still reads well, but an attribute stands where it should not or says what it must not.</summary>
internal static partial class Slips
{
    private static readonly string[] FieldAttributes =
    [
        "@id", "@unique", "@updatedAt", "@ignore", "@default(now())", "@default(autoincrement())", "@default(uuid())", "@default(cuid())", "@default(1)", "@default(\"x\")", "@default(true)", "@default([])",
        "@default([1, 2])", "@default(null)", "@default(uuid(5))", "@default(nanoid(1))", "@default(nanoid(300))", "@default(cuid(3))", "@default(ulid(1))", "@default(dbgenerated(1))", "@default(dbgenerated(\"\"))",
        "@default(sequence())", "@default(auto())", "@default(unknown())", "@default()", "@default(1, 2)", "@default(value: 1)", "@default(1, map: \"d\")", "@default(99999999999)", "@default(-1)", "@default(1.5)",
        "@map(\"x\")", "@map(name: \"y\")", "@map(\"\")", "@map(1)", "@map()", "@map(\"a\", \"b\")", "@map(x)", "@map(nam: \"z\")", "@db.VarChar(0)", "@db.VarChar(-1)", "@db.VarChar(99999999)", "@db.VarChar(\"a\")",
        "@db.VarChar()", "@db.VarChar(1, 2)", "@db.Text(1)", "@db.Nope", "@pg.Text", "@db", "@db.Timestamp(7)", "@db.Time(6)", "@db.Timetz(9)", "@db.Decimal(1001, 0)", "@db.Decimal(5, 6)", "@db.Decimal(0, 0)",
        "@db.Bit(0)", "@db.VarBit(0)", "@db.Char(10485761)", "@db.Citext", "@db.Xml", "@db.Money", "@db.Oid", "@db.JsonB", "@db.ByteA", "@db.SmallInt", "@db.Uuid", "@db.Date", "@db.Boolean", "@db.Inet(4)",
        "@unique(map: \"\")", "@unique(map: \"u\", sort: Desc)", "@unique(sort: Up)", "@unique(length: 3)", "@unique(clustered: true)", "@unique(name: \"n\")", "@unique(fields: [x])", "@unique(ops: raw(\"x\"))",
        "@id(map: \"p\")", "@id(name: \"n\")", "@id(length: 3)", "@id(clustered: false)", "@id(sort: Asc)", "@relation", "@relation()", "@relation(\"\")", "@relation(\"a\", name: \"b\")", "@relation(\"a\", \"b\")",
        "@relation(fields: [])", "@relation(references: [id])", "@relation(onDelete: Cascade)", "@relation(onDelete: Nope)", "@relation(onUpdate: SetDefault)", "@relation(map: \"fk\")", "@relation(fk: 1)", "@relation(fields: x)",
        "@ignore(true)", "@updatedAt(1)", "@id @id", "@unique @unique", "@default(1) @default(2)", "@map(\"a\") @map(\"b\")", "@db.Text @db.Text", "@unknown", "@unknown.thing(1)", "@test.X", "@fulltext", "@schema(\"x\")",
    ];

    private static readonly string[] BlockAttributes =
    [
        "@@id([{0}])", "@@id([{0}, {1}])", "@@id([])", "@@id([{0}, {0}])", "@@id([nope])", "@@id([{0}], name: \"n\", map: \"m\")", "@@id([{0}(sort: Desc)])", "@@id([{0}(length: 2)])", "@@id({0})", "@@id", "@@id(fields: [{0}])",
        "@@unique([{0}])", "@@unique([{0}, {1}])", "@@unique([{0}, {0}])", "@@unique([])", "@@unique([nope, {0}])", "@@unique([{0}], name: \"a b\")", "@@unique([{0}], name: \"{0}\")", "@@unique([{0}], map: \"same\")", "@@unique([{0}, {1}], name: \"\")",
        "@@unique(fields: [{0}(sort: Asc)])", "@@unique([{0}], type: Hash)", "@@unique([{0}(ops: TextOps)])", "@@unique([{0}.{1}])",
        "@@index([{0}])", "@@index([{0}, {1}], name: \"n\")", "@@index([{0}], map: \"same\")", "@@index([{0}], map: \"a\", name: \"b\")", "@@index({0})", "@@index([{0}], type: Hash)", "@@index([{0}, {1}], type: Hash)", "@@index([{0}(sort: Desc)], type: Hash)",
        "@@index([{0}], type: Gin)", "@@index([{0}], type: Gist)", "@@index([{0}], type: SpGist)", "@@index([{0}, {1}], type: SpGist)", "@@index([{0}], type: Brin)", "@@index([{0}], type: BTree)", "@@index([{0}], type: btree)",
        "@@index([{0}(ops: InetOps)], type: Gist)", "@@index([{0}(ops: JsonbPathOps)], type: Gin)", "@@index([{0}(ops: ArrayOps)], type: Gin)", "@@index([{0}(ops: TextOps)], type: SpGist)", "@@index([{0}(ops: Int4MinMaxOps)], type: Brin)",
        "@@index([{0}(ops: raw(\"x\"))], type: Gin)", "@@index([{0}(ops: raw(\"x\"))])", "@@index([{0}(ops: raw(1))], type: Gin)", "@@index([{0}(ops: raw())], type: Gin)", "@@index([{0}(ops: \"x\")], type: Gin)", "@@index([{0}(ops: InetOps)])",
        "@@index([{0}(sort: Desc, ops: Int4BloomOps)], type: Brin)", "@@index([{0}(length: 1)])", "@@index([{0}], clustered: true)", "@@index([{0}], length: 1)", "@@index([{0}(foo: 1)])", "@@index", "@@index()", "@@index([\"{0}\"])", "@@index([{0}(sort: \"Desc\")])",
        "@@map(\"x\")", "@@map(\"\")", "@@map(name: \"y\")", "@@map(1)", "@@map(\"a\", \"b\")", "@@map", "@@ignore", "@@ignore(1)", "@@schema(\"public\")", "@@schema(\"auth\")", "@@schema(\"nope\")", "@@schema", "@@schema(1)", "@@schema(map: \"x\")",
        "@@fulltext([{0}])", "@@unknown", "@@unknown([{0}])", "@@map(\"a\")\n  @@map(\"b\")", "@@id([{0}])\n  @@id([{1}])", "@@schema(\"public\")\n  @@schema(\"public\")",
    ];

    private static readonly string[] Fields =
    [
        "extra Int", "extra Int?", "extra Nope", "extra int", "extra String[]?", "extra Int[] @unique", "extra Unsupported(\"x\") @unique", "extra Unsupported(\"\")", "extra Unsupported", "extra Unsupported(1)", "extra Unsupported(\"a\", \"b\")",
        "extra Json @unique", "extra Bytes @id", "extra Int @default(autoincrement()) @default(1)", "extra Decimal @default(1.10)", "extra DateTime @default(\"2020\")", "extra DateTime @default(\"2020-01-01T00:00:00\")", "extra Json @default(\"{{\")",
        "extra Bytes @default(\"!\")", "extra BigInt @default(99999999999999999999)", "extra Int @default(2147483648)", "extra Int @default(1.0)", "extra Float @default(1)", "extra Boolean @default(True)", "extra String @default(abc)", "extra String @default(1)",
        "extra-dash Int", "_extra Int", "1extra Int", "extra_ Int", "AND Int", "NOT Int?", "extra Int @db.Integer @default(\"1\")", "extra String @default(now())", "extra Int @default(uuid())", "extra DateTime @default(now()) @updatedAt", "extra String @updatedAt",
        "extra DateTime[] @default(now())", "extra Int[] @default(1)", "extra Int @default([1])", "extra {0}[]", "extra {0}", "extra {0}? @relation(\"self\")", "extra String @default(\"\\q\")", "extra String @default(\"\\u12\")", "extra String @default(\"a", "extra Int Int",
    ];

    private static readonly string[] Settings =
    [
        "provider = \"postgres\"", "provider = \"nope\"", "provider = [\"postgresql\"]", "provider = env(\"P\")", "url = 1", "url = env(1)", "url = env()", "url = \"\"", "foo = \"bar\"",
        "relationMode = \"prisma\"", "relationMode = \"foreignKeys\"", "relationMode = \"x\"", "relationMode = prisma", "referentialIntegrity = \"prisma\"", "schemas = []", "schemas = [\"public\", \"public\"]", "schemas = \"public\"", "schemas = [public]",
        "extensions = [x]", "extensions = [\"x\"]", "extensions = x", "extensions = [x(foo: 1)]", "extensions = [x(map: 1)]", "directUrl = \"\"", "directUrl = env(\"\")", "shadowDatabaseUrl = 5", "shadowDatabaseUrl = \"\"", "previewFeatures = [\"views\"]",
    ];

    private static readonly string[] Blocks =
    [
        "generator g {\n}", "generator g {\n  provider = \"x\"\n  previewFeatures = [\"nope\"]\n}", "generator g {\n  provider = \"x\"\n  previewFeatures = \"views\"\n}", "generator g {\n  provider = \"x\"\n  binaryTargets = [\"native\"]\n  custom = true\n  list = [1, \"a\"]\n}",
        "generator g {\n  provider = env(\"X\")\n}", "generator g {\n  provider = \"x\"\n  previewFeatures = [\"multiSchema\", \"tracing\"]\n}", "datasource other {\n  provider = \"postgresql\"\n  url = \"x\"\n}", "type Composite {\n  a Int\n}", "type Alias = Int @id",
        "enum Twin {\n  A\n  A\n}", "enum Twin {\n  A @map(\"x\")\n  B @map(\"x\")\n}", "enum Int {\n  A\n}", "model String {\n  id Int @id\n}", "model PrismaClient {\n  id Int @id\n}", "model Twin {\n  id Int @id\n  id Int\n}", "model async {\n  id Int @id\n}",
        "enum Bad {\n  A-b\n  1c\n  _d\n}", "enum Bad {\n  A @unknown\n}", "enum Bad {\n  A @map(1)\n}", "enum Bad {\n  A\n  @@map(\"\")\n}", "enum Bad {\n  A\n  @@ignore\n}", "model Lone {\n  a Int\n}", "model Lone {\n  a Int? @id\n}", "model Lone {\n  a Int[] @id\n}",
        "view V {\n  id Int @id\n}", "view V {\n  id Int\n}", "view V {\n  id Int @unique\n  @@index([id])\n}", "model Self {\n  id Int @id\n  a Self @relation(fields: [id], references: [id])\n}", "model 1Bad {\n  id Int @id\n}", "Model X {\n}", "model X Y {\n}", "model {\n}", "enum E {",
        "model Left {\n  id Int @id\n  right Right @relation(fields: [id], references: [id])\n}\n\nmodel Right {\n  id Int @id\n  left Left @relation(fields: [id], references: [id])\n}",
        "model Left {\n  id Int @id\n  right Right\n}\n\nmodel Right {\n  id Int @id\n  left Left\n}", "model Left {\n  id Int @id\n  right Right[]\n}\n\nmodel Right {\n  id Int @id\n  left Left?\n}",
        "model Left {\n  id Int @id\n  r Int\n  right Right @relation(fields: [r], references: [id])\n}\n\nmodel Right {\n  id String @id\n  left Left[]\n}", "model Left {\n  id Int @id\n  r Int?\n  right Right @relation(fields: [r], references: [id])\n}\n\nmodel Right {\n  id Int @id\n  left Left?\n}",
        "model Left {\n  id Int @id\n  right Right[] @relation(fields: [id], references: [id])\n}\n\nmodel Right {\n  id Int @id\n  left Left[] @relation(references: [id])\n}",
    ];

    public static string Slip(Dice dice, string text)
    {
        var lines = text.Split('\n').ToList();
        var fields = Enumerable.Range(0, lines.Count).Where(i => FieldLine().IsMatch(lines[i])).ToList();
        var heads = Enumerable.Range(0, lines.Count).Where(i => ModelHead().IsMatch(lines[i])).ToList();
        switch (dice.Roll(12))
        {
            case < 4 when fields.Count > 0:
                lines[dice.Pick(fields)] += " " + dice.Pick(FieldAttributes);
                break;
            case < 8 when heads.Count > 0:
                var head = dice.Pick(heads);
                var end = lines.FindIndex(head, l => l == "}");
                lines.Insert(Math.Max(head + 1, end), "  " + WithNames(dice, lines, head, end, dice.Pick(BlockAttributes)));
                break;
            case 8 or 9 when heads.Count > 0:
                var at = dice.Pick(heads);
                lines.Insert(at + 1, "  " + dice.Pick(Fields).Replace("{0}", ModelHead().Match(lines[at]).Groups[1].Value, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal));
                break;
            case 10:
                Setting(dice, lines);
                break;
            default:
                lines.Add(dice.Pick(Blocks) + "\n");
                break;
        }

        return string.Join('\n', lines);
    }

    private static void Setting(Dice dice, List<string> lines)
    {
        var setting = dice.Pick(Settings);
        var name = setting.Split(' ')[0];
        var same = lines.FindIndex(l => l.TrimStart().StartsWith(name + " ", StringComparison.Ordinal));
        if (same >= 0 && dice.Chance(85))
        {
            lines[same] = "  " + setting;
        }
        else
        {
            var head = lines.FindIndex(l => l.StartsWith("datasource", StringComparison.Ordinal));
            lines.Insert(head + 1, "  " + setting);
        }
    }

    private static string WithNames(Dice dice, List<string> lines, int head, int end, string attribute)
    {
        string[] names = [.. lines.Skip(head + 1).Take(Math.Max(0, end - head - 1)).Select(l => FieldLine().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        return names.Length == 0 ? attribute : attribute.Replace("{0}", dice.Pick(names), StringComparison.Ordinal).Replace("{1}", dice.Pick(names), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^  (\w+) [\w(""')]+(\[\]|\?)?( |$)")]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"^(?:model|view) (\w+) \{$")]
    private static partial Regex ModelHead();
}
