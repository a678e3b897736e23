using Sluice.Catalog;
using Sluice.Model;
using Sluice.Postgres.Reading;
using Sluice.Syntax;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Reading;

public sealed class CatalogReaderTests
{
    [Fact]
    public async Task Tables_come_with_their_keys_indexes_and_references()
    {
        var database = await ReadAsync("""
            CREATE TABLE parent (a int, b int, CONSTRAINT pk PRIMARY KEY (b, a), CONSTRAINT uq UNIQUE (a), CHECK (a > 0));
            CREATE TABLE child (x int, y int, doc jsonb,
              CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES parent (b, a) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE);
            CREATE INDEX sorted ON child (x DESC, y);
            CREATE UNIQUE INDEX one ON child (y) WHERE x > 0;
            CREATE INDEX paths ON child USING gin (doc jsonb_path_ops);
            CREATE INDEX expression ON child (abs(x));
            ALTER TABLE child ENABLE ROW LEVEL SECURITY;
            COMMENT ON TABLE child IS 'a child';
            """);

        Assert.Equal(["child", "parent"], database.Tables.Select(t => t.Name.Name));
        var (child, parent) = (database.Tables[0], database.Tables[1]);
        Assert.Equal(new PrimaryKey("pk", [new("b", false, null), new("a", false, null)]), parent.PrimaryKey);
        Assert.Equal([new("uq", true, IndexType.BTree, [new("a", false, null)], true, null)], parent.Indexes);
        Assert.Equal(["parent_a_check"], parent.Traits.CheckConstraints);
        Assert.Equal(
            [
                new("one", true, IndexType.BTree, [new("y", false, null)], false, "(x > 0)"),
                new("paths", false, IndexType.Gin, [new("doc", false, "jsonb_path_ops")], false, null),
                new("sorted", false, IndexType.BTree, [new("x", true, null), new("y", false, null)], false, null),
            ],
            child.Indexes);
        Assert.Equal(
            [new("fk", ["x", "y"], new("public", "parent"), ["b", "a"], ReferentialAction.Cascade, ReferentialAction.SetNull)],
            child.ForeignKeys);
        Assert.Equal(["expression"], child.Traits.ExpressionIndexes);
        Assert.Equal(["fk"], child.Traits.DeferrableConstraints);
        Assert.True(child.Traits.RowSecurity);
        Assert.Equal("a child", child.Traits.Comment);
    }

    [Fact]
    public async Task Types_are_those_the_language_can_name()
    {
        var database = await ReadAsync("""
            CREATE TYPE mood AS ENUM ('sad', 'ok');
            CREATE DOMAIN positive AS numeric(6, 2) CHECK (VALUE > 0);
            CREATE TABLE t (
              a varchar(10), b char, c numeric, d numeric(8, 3), e timestamp, f timestamptz(3), g timestamp(3)[], h time[],
              i bit(4), j bit varying, k mood, l mood[], m positive, n interval, o "char", p text[] NOT NULL, q point[], r bit varying(7));
            """);
        var types = database.Tables[0].Columns.ToDictionary(c => c.Name, c => c.Type);

        Assert.Equal(new ColumnType.Native(new(NativeKind.VarChar, 10)), types["a"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Char, 1)), types["b"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Decimal)), types["c"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Decimal, 8, 3)), types["d"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Timestamp, 6)), types["e"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Timestamptz, 3)), types["f"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Timestamp, 3)), types["g"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Time)), types["h"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Bit, 4)), types["i"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.VarBit)), types["j"]);
        Assert.Equal(new ColumnType.Enum(new("public", "mood")), types["k"]);
        Assert.Equal(types["k"], types["l"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Decimal, 6, 2)), types["m"]);
        Assert.Equal(new ColumnType.Unsupported("interval"), types["n"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.Char)), types["o"]);
        Assert.Equal(FieldArity.List, database.Tables[0].Column("p")!.Arity);
        Assert.Equal(new ColumnType.Unsupported("point"), types["q"]);
        Assert.Equal(new ColumnType.Native(new(NativeKind.VarBit, 7)), types["r"]);
        Assert.Equal([new EnumType(new("public", "mood"), ["sad", "ok"])], database.Enums);
    }

    [Fact]
    public async Task Serial_and_identity_columns_are_told_apart()
    {
        var database = await ReadAsync("""
            CREATE SEQUENCE "Loose";
            CREATE TABLE t (a serial, b int GENERATED ALWAYS AS IDENTITY, c bigint DEFAULT nextval('"Loose"'), d int);
            """);
        var columns = database.Tables[0].Columns;

        Assert.Equal(new ColumnDefault.NextValue("t_a_seq"), columns[0].Default);
        Assert.Equal([true, true, true, false], columns.Select(c => c.AutoIncrement));
        Assert.Equal([false, true, false, false], columns.Select(c => c.IsIdentity));
        Assert.Equal(new ColumnDefault.NextValue("Loose"), columns[2].Default);
        Assert.Equal(
            [new(new("public", "Loose"), null), new(new("public", "t_a_seq"), new(new("public", "t"), "a"))],
            database.Sequences);
    }

    [Fact]
    public async Task What_belongs_to_the_tool_or_to_an_extension_is_no_part_of_it()
    {
        var database = await ReadAsync("""
            CREATE SCHEMA sluice;
            CREATE TABLE sluice.runs (id int);
            CREATE TABLE _prisma_migrations (id int);
            CREATE EXTENSION pg_stat_statements;
            CREATE TABLE parts (id int) PARTITION BY RANGE (id);
            CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10);
            CREATE VIEW seen AS SELECT id AS number FROM parts;
            CREATE MATERIALIZED VIEW stored AS SELECT 1 AS one;
            """,
            "public",
            "sluice");

        Assert.Equal(["parts"], database.Tables.Select(t => t.Name.Name));
        Assert.True(database.Tables[0].Traits.IsPartition);
        Assert.Equal(["seen"], database.Views.Select(v => v.Name.Name));
        Assert.Equal(["number"], database.Views[0].Columns.Select(c => c.Name));
        Assert.Contains(database.Extensions, e => e.Name == "pg_stat_statements");
    }

    [Fact]
    public async Task Several_schemas_are_read_at_once_and_references_cross_them()
    {
        var database = await ReadAsync("""
            CREATE SCHEMA b;
            CREATE TABLE b.t (id int PRIMARY KEY);
            CREATE TABLE public.t (id int REFERENCES b.t);
            """,
            "public",
            "b",
            "absent");

        Assert.Equal([new ObjectName("b", "t"), new ObjectName("public", "t")], database.Tables.Select(t => t.Name));
        Assert.Equal(new ObjectName("b", "t"), database.Tables[1].ForeignKeys[0].ReferencedTable);
        Assert.True(database.QualifyNames);
        Assert.Equal(["b", "public"], database.Schemas);
    }

    [Fact]
    public async Task A_catalog_read_twice_is_equal()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("""
            CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (id serial PRIMARY KEY, v e[] DEFAULT '{a}', w text UNIQUE REFERENCES t (w));
            """);
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            await CatalogReader.ReadAsync(connection, cancellation: TestContext.Current.CancellationToken),
            await CatalogReader.ReadAsync(connection, cancellation: TestContext.Current.CancellationToken));
    }

    private static async Task<Database> ReadAsync(string sql, params string[] schemas)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(sql);
        await using var connection = await database.Source.OpenConnectionAsync();
        return await CatalogReader.ReadAsync(connection, schemas: schemas);
    }
}
