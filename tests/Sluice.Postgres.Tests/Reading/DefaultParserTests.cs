using Sluice.Catalog;
using Sluice.Model;
using Sluice.Postgres.Reading;
using Sluice.Syntax;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Reading;

/// <summary>What is declared, and what is understood of the text that the server makes of it.</summary>
public sealed class DefaultParserTests
{
    private static readonly (string Declaration, ColumnDefault? Expected)[] Cases =
    [
        ("int DEFAULT 1", new ColumnDefault.Number("1")),
        ("int DEFAULT -4", new ColumnDefault.Number("-4")),
        ("bigint DEFAULT 9000000000", new ColumnDefault.Number("9000000000")),
        ("int DEFAULT 1 + 1", new ColumnDefault.Expression("(1 + 1)")),
        ("int DEFAULT NULL", null),
        ("numeric(10,3) DEFAULT -1.250", new ColumnDefault.Number("-1.250")),
        ("double precision DEFAULT 0.5", new ColumnDefault.Number("0.5")),
        ("double precision DEFAULT -0.5", new ColumnDefault.Number("-0.5")),
        ("boolean DEFAULT true", new ColumnDefault.Boolean(true)),
        ("text DEFAULT 'it''s'", new ColumnDefault.Text("it's")),
        ("text DEFAULT E'a\\\\b\\n''c'", new ColumnDefault.Text("a\\b\n'c")),
        ("varchar(9) DEFAULT ''", new ColumnDefault.Text("")),
        ("text DEFAULT 'a' || 'b'", new ColumnDefault.Expression("('a'::text || 'b'::text)")),
        ("bit(4) DEFAULT B'0101'", new ColumnDefault.Text("0101")),
        ("jsonb DEFAULT '{\"a\":1}'", new ColumnDefault.Text("{\"a\": 1}")),
        ("uuid DEFAULT gen_random_uuid()", new ColumnDefault.Expression("gen_random_uuid()")),
        ("bytea DEFAULT '\\x01ff'", new ColumnDefault.Bytes([1, 255])),
        ("timestamp DEFAULT now()", new ColumnDefault.Now()),
        ("timestamptz(3) DEFAULT CURRENT_TIMESTAMP", new ColumnDefault.Now()),
        ("timestamptz DEFAULT '2020-01-01Z'", new ColumnDefault.Expression("'2020-01-01 00:00:00+00'::timestamp with time zone")),
        ("timestamp DEFAULT timezone('utc', now())", new ColumnDefault.Expression("timezone('utc'::text, now())")),
        ("mood DEFAULT 'sad'", new ColumnDefault.EnumLabel("sad")),
        ("mood[] DEFAULT ARRAY['sad','so so']::mood[]", new ColumnDefault.List([new ColumnDefault.EnumLabel("sad"), new ColumnDefault.EnumLabel("so so")])),
        ("text[] DEFAULT '{}'", new ColumnDefault.List([])),
        ("varchar(5)[] DEFAULT ARRAY[]::varchar[]", new ColumnDefault.List([])),
        ("text[] DEFAULT '{a,\"b, \\\"c\\\"\"}'", new ColumnDefault.List([new ColumnDefault.Text("a"), new ColumnDefault.Text("b, \"c\"")])),
        ("text[] DEFAULT ARRAY['a', 'b''c']", new ColumnDefault.List([new ColumnDefault.Text("a"), new ColumnDefault.Text("b'c")])),
        ("int[] DEFAULT '{1,-2}'", new ColumnDefault.List([new ColumnDefault.Number("1"), new ColumnDefault.Number("-2")])),
        ("int[] DEFAULT ARRAY[1, -2]", new ColumnDefault.List([new ColumnDefault.Number("1"), new ColumnDefault.Number("-2")])),
        ("boolean[] DEFAULT '{t,f}'", new ColumnDefault.List([new ColumnDefault.Boolean(true), new ColumnDefault.Boolean(false)])),
        ("timestamp[] DEFAULT '{}'", new ColumnDefault.List([])),
        ("float8[] DEFAULT ARRAY[1.5, -2.25]", new ColumnDefault.List([new ColumnDefault.Number("1.5"), new ColumnDefault.Number("-2.25")])),
    ];

    [Fact]
    public async Task Defaults_are_understood_as_the_server_prints_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        var columns = Cases.Select((c, i) => $"c{i} {c.Declaration}");
        await database.ExecuteAsync($"CREATE TYPE mood AS ENUM ('sad', 'so so'); CREATE TABLE t ({string.Join(", ", columns)});");
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);

        var read = await CatalogReader.ReadAsync(connection, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            Cases.Select(c => (c.Declaration, c.Expected)),
            Cases.Zip(read.Tables[0].Columns, (c, column) => (c.Declaration, column.Default)));
    }

    [Theory]
    [InlineData("'open")]
    [InlineData("nextval(")]
    [InlineData("ARRAY['a'")]
    [InlineData("'a'::")]
    [InlineData("::::")]
    [InlineData("'{a,{b}}'::text[]")]
    [InlineData("'{a,'::text[]")]
    [InlineData("E'\\")]
    [InlineData("")]
    public void Odd_text_stays_an_expression(string text)
    {
        var type = new ColumnType.Native(new(NativeKind.Integer));
        Assert.Equal(new ColumnDefault.Expression(text), DefaultParser.Parse(text, type, FieldArity.Required));
        Assert.Equal(new ColumnDefault.Expression(text), DefaultParser.Parse(text, type, FieldArity.List));
    }
}
