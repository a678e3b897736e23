using Sluice.Model;
using Xunit;

namespace Sluice.Tests.Model.Indexes;

public class IndexTests
{
    [Fact]
    public void Unique_fields_come_first_then_indexes_then_compound_uniques()
    {
        var entity = Bound.Model("""
            model A {
              id Int @id
              x Int @unique(sort: Asc)
              y Json
              @@unique([x, id], name: "pair")
              @@index([y(ops: JsonbPathOps)], type: Gin, map: "by_y")
              @@index([x(sort: Desc)], name: "by_x")
              @@map("as")
            }
            """).Entities[0];
        Assert.Equal(["as_x_key", "by_y", "by_x", "as_x_id_key"], entity.Indexes.Select(i => i.Name));
        Assert.Equal([true, false, false, true], entity.Indexes.Select(i => i.IsUnique));
        Assert.Equal("as_pkey", entity.PrimaryKey!.ConstraintName);
        Assert.Equal("pair", entity.Indexes[3].ClientName);
        Assert.True(entity.Indexes[0].Fields[0].SaysAscending);
        Assert.Equal(new IndexField("y", false, "jsonb_path_ops"), entity.Indexes[1].Fields[0]);
        Assert.True(entity.Indexes[2].Fields[0].Descending);
    }

    [Fact]
    public void Default_names_keep_their_suffix_within_63_bytes()
    {
        var table = new string('ü', 40);
        var entity = Bound.Model($$"""
            model A {
              id Int @id
              x Int @unique
              @@map("{{table}}")
            }
            """).Entities[0];
        Assert.Equal(new string('ü', 29) + "_key", entity.Indexes[0].Name);
        Assert.Equal(new string('ü', 29) + "_pkey", entity.PrimaryKey!.ConstraintName);
    }

    [Fact]
    public void A_partial_index_has_its_condition_as_SQL()
    {
        var entity = Bound.Model("""
            generator g {
              provider = "x"
              previewFeatures = ["partialIndexes"]
            }
            model A {
              id Int @id
              name String? @map("na\"me") @unique(where: raw("id > 3"))
              on Boolean
              @@index([id], where: { name: { not: "it's" }, on: true })
              @@unique([id, on], where: { name: null, id: { not: 3 } })
            }
            """, "datasource db {\n provider = \"postgresql\"\n url = \"x\"\n}\n").Entities[0];
        Assert.Equal(
            ["id > 3", "\"na\"\"me\" != 'it''s' AND \"on\" = true", "\"na\"\"me\" IS NULL AND \"id\" != 3"],
            entity.Indexes.Select(i => i.Where));
    }

    [Theory]
    [InlineData("@@index([nope])", "SL2502")]
    [InlineData("@@index([id, id])", "SL2504")]
    [InlineData("@@index([])", "SL2510")]
    [InlineData("@@index([id], type: Tree)", "SL2531")]
    [InlineData("@@index([id(sort: Up)])", "SL2530")]
    [InlineData("@@index([id], name: \"a\", map: \"b\")", "SL2532")]
    [InlineData("@@index([id], map: \"\")", "SL2500")]
    [InlineData("@@index([id(sort: Desc)], type: Hash)", "SL2537")]
    [InlineData("@@index([id(length: 3)])", "SL2511")]
    [InlineData("@@index([id], clustered: true)", "SL2513")]
    [InlineData("@@index([id], type: Gin)", "SL2555")]
    [InlineData("@@index([id(ops: JsonbOps)], type: Gin)", "SL2554")]
    [InlineData("@@index([id(ops: JsonbOps)])", "SL2553")]
    [InlineData("@@index([id(ops: Nonsense)])", "SL2550")]
    [InlineData("@@index([id(ops: raw(1))])", "SL2551")]
    [InlineData("@@index([text, text2], type: SpGist)", "SL2556")]
    [InlineData("@@index([xml])", "SL2557")]
    [InlineData("@@fulltext([text])", "SL2538")]
    [InlineData("@@unique([text(ops: raw(\"x\"))])", "SL2552")]
    [InlineData("@@unique([id, text], name: \"a b\")", "SL2501")]
    [InlineData("@@unique([id, text], name: \"text\")", "SL2519")]
    [InlineData("@@unique([one, two])", "SL2520")]
    [InlineData("@@unique([id, text], map: \"A_pkey\")", "SL2516\nSL2517\nSL2516")]
    [InlineData("@@index([id], where: raw(\"true\"))", "SL2536")]
    public void What_is_wrong_with_an_index_has_its_code(string attribute, string codes) =>
        Assert.Equal(codes, string.Join('\n', Bound.Mistakes($$"""
            model A {
              id Int @id
              text String
              text2 String
              xml String @db.Xml
              one Int
              two Int
              one_two Int
              {{attribute}}
            }
            """).Split('\n').Select(l => l[..6])));

    [Theory]
    [InlineData("where: 3", "SL2533")]
    [InlineData("where: raw(\"\")", "SL2533")]
    [InlineData("where: { }", "SL2533")]
    [InlineData("where: { nope: 1 }", "SL2534")]
    [InlineData("where: { id: \"text\" }", "SL2535")]
    [InlineData("where: { id: { is: 3 } }", "SL2535")]
    public void What_is_wrong_with_a_condition_has_its_code(string argument, string code) =>
        Assert.StartsWith(code, Bound.Mistakes($$"""
            generator g {
              provider = "x"
              previewFeatures = ["partialIndexes"]
            }
            model A {
              id Int @id
              @@index([id], {{argument}})
            }
            """), StringComparison.Ordinal);

    [Fact]
    public void Without_a_datasource_nothing_is_taken_for_granted() =>
        Assert.Equal(
            "SL2522 model A {\nSL2522 @@index([x], type: Hash)\nSL2651 b B @relation(fields: [x, y], references: [y, x], map: \"fk\")"
                + "\nSL2522 b B @relation(fields: [x, y], references: [y, x], map: \"fk\")",
            Bound.Mistakes("""
                model A {
                  id Int @id(map: "key")
                  x Int
                  y Int
                  @@index([x], type: Hash)
                  b B @relation(fields: [x, y], references: [y, x], map: "fk")
                }
                model B {
                  x Int
                  y Int
                  as A[]
                  @@id([x, y])
                }
                """, ""));

    [Fact]
    public void A_relation_field_has_no_column_to_index() =>
        Assert.Equal(
            "SL2505 bs B[] @id @unique\nSL2505 bs B[] @id @unique\nSL2502 @@index([bs, nope])\nSL2503 @@index([bs, nope])",
            Bound.Mistakes("""
                model A {
                  id Int @id
                  bs B[] @id @unique
                  @@index([bs, nope])
                }
                model B {
                  id Int @id
                  aId Int
                  a A @relation(fields: [aId], references: [id])
                }
                """));

    [Fact]
    public void A_path_into_a_composite_type_is_followed_before_the_type_is_refused()
    {
        Assert.Equal("SL2023 SL2539", string.Join(' ', Bound.Mistakes("""
            type T {
              x Int
            }
            model A {
              id Int @id
              t T
              @@index([t.x])
              @@unique([t, id])
            }
            """).Split('\n').Select(l => l[..6])));
        Assert.Equal("SL2502 @@index([t.y])", Bound.Mistakes("""
            type T {
              x Int
            }
            model A {
              id Int @id
              t T
              @@index([t.y])
            }
            """));
    }

    [Fact]
    public void Keys_and_uniques_of_one_model_have_names_of_their_own() =>
        Assert.Equal("SL2518 @@id([x, y], name: \"same\")\nSL2518 @@unique([y, x], name: \"same\")", Bound.Mistakes("""
            model A {
              x Int
              y Int
              @@id([x, y], name: "same")
              @@unique([y, x], name: "same")
            }
            """));

    [Theory]
    [InlineData("id Int? @id", "SL2508 id Int? @id")]
    [InlineData("id Int @id\n id2 Int @id", "SL2506 model A {")]
    [InlineData("id Int @id\n id2 Int\n @@id([id, id2])", "SL2507 model A {")]
    [InlineData("id Int\n id2 Int?\n @@id([id, id2])", "SL2509 @@id([id, id2])")]
    [InlineData("id Int @id(sort: Desc)", "SL2512 id Int @id(sort: Desc)")]
    [InlineData("id Int? @unique", "SL2514 model A {")]
    [InlineData("id Unsupported(\"circle\") @id", "SL2514 model A {")]
    [InlineData("id Int @id(map: \"0123456789012345678901234567890123456789012345678901234567890123\")", "SL2515 id Int @id(map: \"0123456789012345678901234567890123456789012345678901234567890123\")")]
    public void What_is_wrong_with_a_key_is_said_on_its_line(string fields, string mistakes) =>
        Assert.Equal(mistakes, Bound.Mistakes($$"""
            model A {
              {{fields}}
            }
            """));

    [Fact]
    public void A_view_has_uniques_but_neither_keys_nor_indexes() =>
        Assert.Equal("SL2570 SL2571 SL2572 SL2573 SL2574", string.Join(' ', Bound.Mistakes("""
            generator g {
              provider = "x"
              previewFeatures = ["views"]
            }
            view V {
              id Int @id
              a Int @unique
              @@index([a])
              @@unique([id, a], map: "x")
              @@unique([a(sort: Desc), id], clustered: true)
            }
            """).Split('\n').Select(l => l[..6]).Order(StringComparer.Ordinal)));
}
