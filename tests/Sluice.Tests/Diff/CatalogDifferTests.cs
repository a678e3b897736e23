using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Model;
using Sluice.Syntax;
using Xunit;
using static Sluice.Tests.Diff.Tables;

namespace Sluice.Tests.Diff;

public class CatalogDifferTests
{
    [Fact]
    public void Histories_journals_and_PostGIS_tables_are_nobodys_difference() =>
        Assert.Empty(CatalogDiffer.Diff(
            Server(
                Table("_prisma_migrations", Column("id", NativeKind.Text)),
                Table("Spatial_Ref_Sys", Column("id", NativeKind.Text)),
                Table("runs", Column("id", NativeKind.Text)) with { Name = new("sluice", "runs") }),
            Schema()));

    [Fact]
    public void An_operator_class_that_the_schema_does_not_mention_is_nobodys_difference()
    {
        var plain = Table("t", Column("c", NativeKind.Text)) with { Indexes = [Index("i", "c")] };
        var withClass = plain with { Indexes = [Index("i", "c") with { Columns = [new("c", false, "text_pattern_ops")] }] };
        Assert.Empty(CatalogDiffer.Diff(Server(withClass), Schema(plain)));
        Assert.Empty(CatalogDiffer.Diff(Schema(plain), Server(withClass)));
        Assert.Empty(CatalogDiffer.Diff(Server(withClass), Schema(withClass)));
        Assert.NotEmpty(CatalogDiffer.Diff(Server(plain), Schema(withClass)));
        Assert.NotEmpty(CatalogDiffer.Diff(Server(withClass), Server(plain)));
        Assert.NotEmpty(CatalogDiffer.Diff(Schema(withClass), Schema(plain)));
    }

    [Fact]
    public void The_language_that_every_database_has_is_never_added() =>
        Assert.Empty(CatalogDiffer.Diff(Schema(), Server() with { Extensions = [new Extension("plpgsql", "1.0", "pg_catalog")] }));

    public static TheoryData<string, NativeKind, string> Expressions => new()
    {
        { "now()", NativeKind.Text, "CURRENT_TIMESTAMP" },
        { "gen_random_uuid()", NativeKind.Uuid, "GEN_RANDOM_UUID()" },
        { "'00000000-0000-0000-0016-000000000004'", NativeKind.Uuid, "'00000000-0000-0000-0016-000000000004'::uuid" },
        { "(1 + 1)", NativeKind.Integer, "1 + 1" },
        { "lower('A'::varchar(20))", NativeKind.Text, "lower(('A'::character varying(20))::text)" },
        { "upper(\"name\")", NativeKind.Text, "upper(name)" },
    };

    [Theory, MemberData(nameof(Expressions))]
    public void An_expression_that_a_server_has_respelled_does_not_differ(string stated, NativeKind type, string read) =>
        Assert.Empty(CatalogDiffer.Diff(
            Server(Table("t", Column("c", type, new ColumnDefault.Expression(read)))),
            Schema(Table("t", Column("c", type, new ColumnDefault.Expression(stated))))));

    [Fact]
    public void Between_two_schemas_an_expression_is_compared_as_text() =>
        Assert.Single(CatalogDiffer.Diff(
            Schema(Table("t", Column("c", NativeKind.Integer, new ColumnDefault.Expression("(1 + 1)")))),
            Schema(Table("t", Column("c", NativeKind.Integer, new ColumnDefault.Expression("1 + 1"))))));

    public static TheoryData<ColumnDefault?, ColumnDefault?, NativeKind, bool> Defaults => new()
    {
        { new ColumnDefault.Text("{\"a\": 1}"), new ColumnDefault.Text("{ \"a\" : 1 }"), NativeKind.JsonB, true },
        { new ColumnDefault.Text("{\"a\": 1}"), new ColumnDefault.Text("{\"a\": 2}"), NativeKind.JsonB, false },
        { new ColumnDefault.Number("1.50"), new ColumnDefault.Number("1.5"), NativeKind.Decimal, true },
        { new ColumnDefault.Text("2020"), new ColumnDefault.Now(), NativeKind.Timestamp, true },
        { new ColumnDefault.Now(), null, NativeKind.Timestamp, false },
        { new ColumnDefault.NextValue("s"), null, NativeKind.Integer, true },
        { new ColumnDefault.Text("a"), new ColumnDefault.EnumLabel("a"), NativeKind.Text, true },
        { null, new ColumnDefault.Expression(null), NativeKind.Text, true },
        { new ColumnDefault.Text("\\x0aff"), new ColumnDefault.Bytes([10, 255]), NativeKind.ByteA, true },
        { new ColumnDefault.Expression("ARRAY['-1'::integer, 2]"), new ColumnDefault.List([new ColumnDefault.Number("-1"), new ColumnDefault.Number("2")]), NativeKind.Integer, true },
        { new ColumnDefault.Expression("ARRAY[('-1'::integer)::smallint]"), new ColumnDefault.List([new ColumnDefault.Number("-1")]), NativeKind.SmallInt, true },
        { new ColumnDefault.Expression("ARRAY['a'::uuid]"), new ColumnDefault.List([new ColumnDefault.Text("a")]), NativeKind.Uuid, true },
        { new ColumnDefault.Expression("(ARRAY[]::text[])::character varying(9)[]"), new ColumnDefault.List([]), NativeKind.VarChar, true },
        { null, new ColumnDefault.Expression("NULL"), NativeKind.Text, true },
        { new ColumnDefault.Number("-1"), new ColumnDefault.Expression("-1"), NativeKind.Integer, true },
    };

    [Theory, MemberData(nameof(Defaults))]
    public void Defaults_are_compared_by_what_they_mean(ColumnDefault? from, ColumnDefault? to, NativeKind type, bool same) =>
        Assert.Equal(same, CatalogDiffer.Diff(Server(Table("t", Column("c", type, from))), Schema(Table("t", Column("c", type, to)))).IsEmpty);

    [Fact]
    public void An_index_is_renamed_only_where_it_is_the_only_one_on_its_columns()
    {
        var column = Column("c", NativeKind.Integer);
        var one = Table("t", column) with { Indexes = [Index("a", "c")] };
        var renamed = Table("t", column) with { Indexes = [Index("b", "c")] };
        var two = Table("t", column) with { Indexes = [Index("a", "c"), Index("z", "c")] };

        Assert.IsType<Change.IndexRenamed>(Assert.Single(CatalogDiffer.Diff(Schema(one), Schema(renamed))));
        Assert.Empty(CatalogDiffer.Diff(Schema(two), Schema(renamed)));
    }

    [Fact]
    public void Naming_the_default_operator_class_says_nothing_new()
    {
        var named = Index("i", "c") with { Type = IndexType.Gin, Columns = [new("c", false, "jsonb_ops")] };
        var silent = named with { Columns = [new("c", false, null)] };
        var other = named with { Columns = [new("c", false, "jsonb_path_ops")] };
        var table = Table("t", Column("c", NativeKind.JsonB));

        Assert.Empty(CatalogDiffer.Diff(Schema(table with { Indexes = [named] }), Schema(table with { Indexes = [silent] })));
        Assert.Equal(2, CatalogDiffer.Diff(Schema(table with { Indexes = [named] }), Schema(table with { Indexes = [other] })).Length);
    }

    [Fact]
    public void A_partial_index_is_out_of_sight_for_a_schema_that_cannot_say_one()
    {
        var partial = Table("t", Column("c", NativeKind.Integer)) with { Indexes = [Index("i", "c") with { Where = "(c > 0)" }] };
        var plain = Table("t", Column("c", NativeKind.Integer));

        Assert.Empty(CatalogDiffer.Diff(Server(partial), Schema(plain) with { SeesPartialIndexes = false }));
        Assert.Single(CatalogDiffer.Diff(Server(partial), Schema(plain)));
    }

    [Fact]
    public void A_key_over_a_column_of_a_new_type_is_made_again()
    {
        var key = new ForeignKey("k", ["c"], new("public", "t"), ["id"], ReferentialAction.Cascade, ReferentialAction.Cascade);
        var from = Table("t", Column("id", NativeKind.Integer), Column("c", NativeKind.Integer)) with { ForeignKeys = [key] };
        var to = Table("t", Column("id", NativeKind.BigInt), Column("c", NativeKind.BigInt)) with { ForeignKeys = [key] };

        Assert.Equal(
            [typeof(Change.ColumnChanged), typeof(Change.ColumnChanged), typeof(Change.ForeignKeyRemoved), typeof(Change.ForeignKeyAdded)],
            CatalogDiffer.Diff(Schema(from), Schema(to)).Select(c => c.GetType()));
    }

    [Fact]
    public void A_serial_column_is_not_null_whatever_the_schema_says()
    {
        var serial = Column("c", NativeKind.Integer, new ColumnDefault.NextValue("s")) with { AutoIncrement = true };

        Assert.Empty(CatalogDiffer.Diff(Server(Table("t", serial)), Schema(Table("t", serial with { Arity = FieldArity.Optional }))));
    }

    [Theory]
    [InlineData(NativeKind.Char)]
    [InlineData(NativeKind.Bit)]
    public void A_type_without_a_length_is_of_length_one(NativeKind kind)
    {
        var stated = Column("c", kind);
        var read = stated with { Type = new ColumnType.Native(new(kind, 1)) };

        Assert.Empty(CatalogDiffer.Diff(Server(Table("t", read)), Schema(Table("t", stated))));
    }

    [Fact]
    public void A_long_name_is_the_one_the_server_has_cut()
    {
        var name = new string('n', 80);
        var stated = Table(name, Column(name, NativeKind.Integer)) with { Indexes = [Index("i", name)] };
        var read = Table(name[..63], Column(name[..63], NativeKind.Integer)) with { Indexes = [Index("i", name[..63])] };

        Assert.Equal("", Migration.Script(Server(read), Schema(stated)));
    }
}
