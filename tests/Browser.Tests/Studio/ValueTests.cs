using System.Text.Json.Nodes;

namespace Sluice.Browser.Tests.Studio;

/// <summary>That what is shown is what PostgreSQL has, and that what is written back is the very same.</summary>
public sealed class ValueTests
{
    // A type, and a value as PostgreSQL prints it.
    private static readonly (string Type, string Text)[] Odd =
    [
        ("numeric", "1" + new string('0', 40)), ("numeric", "0.00000000000000000000000000000000000001"), ("numeric", "NaN"), ("numeric(12,4)", "-0.0100"), ("numeric", "Infinity"), ("numeric", "-Infinity"), ("numeric", "79228162514264337593543950336.5"),
        ("double precision", "1e-320"), ("double precision", "-0"), ("double precision", "Infinity"), ("double precision", "NaN"), ("double precision", "0.1"), ("double precision", "1.7976931348623157e+308"), ("real", "3.4028235e+38"), ("real", "1e-45"),
        ("smallint", "-32768"), ("integer", "-2147483648"), ("bigint", "9223372036854775807"), ("money", "-$92,233,720,368,547,758.08"),
        ("date", "infinity"), ("date", "-infinity"), ("date", "4713-01-01 BC"), ("date", "5874897-12-31"), ("timestamp", "0044-03-15 12:00:00 BC"), ("timestamp", "infinity"), ("timestamp(3)", "2026-02-28 23:59:59.999"), ("timestamptz", "294276-12-31 00:00:00+00"), ("timestamptz", "-infinity"),
        ("time", "24:00:00"), ("timetz", "24:00:00+15:59"), ("interval", "-178000000 years"), ("interval", "1 mon -3 days +04:05:06.000001"), ("interval", "00:00:00"),
        ("text", ""), ("text", "NULL"), ("text", " \t\r\n 'quotes' \"double\" \\back\\slash $1 $$ ; -- /* */ "), ("text", "👩‍👩‍👧 é é \u202Eright to left\u0001"), ("char(6)", "ab    "), ("\"char\"", "x"), ("varchar(3)", "äöü"), ("name", "pg_name"),
        ("bytea", "\\x"), ("bytea", "\\x00ff5c27"), ("boolean", "f"), ("bit(5)", "10101"), ("varbit", ""), ("uuid", "00000000-0000-0000-0000-000000000000"),
        ("json", "{\"b\":1,  \"a\" : 1e400, \"a\": [\"\\u00e9\", null]}"), ("jsonb", "{\"a\": 100000000000000000000000000000000000.10, \"b\": \"\\\"\"}"), ("jsonb", "null"), ("xml", "<a b=\"c\">é &amp; </a>"),
        ("integer[]", "{}"), ("integer[]", "[0:1]={1,NULL}"), ("text[]", "{\"a,b\",\"\",NULL,\"NULL\",\"c\\\\d\",\"e\\\"f\"}"), ("text[]", "{{a,b},{c,d}}"), ("jsonb[]", "{\"{\\\"a\\\": 1}\"}"), ("box[]", "{(1,1),(0,0);(2,2),(1,1)}"),
        ("pair", "(\"a \"\"b\"\" c\",)"), ("pair", "(,)"), ("mood", "so, so"), ("positive", "7"), ("int4range", "empty"), ("numrange", "(,5.0]"), ("tstzrange", "[\"2026-01-01 00:00:00+00\",infinity)"), ("int4multirange", "{[1,3),[5,9)}"),
        ("inet", "::ffff:1.2.3.4/64"), ("cidr", "10.0.0.0/8"), ("macaddr8", "08:00:2b:01:02:03:04:05"), ("point", "(1e+308,-0)"), ("polygon", "((0,0),(1,1),(1,0))"), ("circle", "<(0,0),1>"), ("tsvector", "'a':1A 'b''c':2"), ("tsquery", "'a' & !'b'"), ("pg_lsn", "16/B374D848"), ("regclass", "odd"), ("oid", "4294967295"), ("xid8", "18446744073709551615"),
    ];

    private static string Schema => $"""
        CREATE TYPE mood AS ENUM ('so, so', 'it''s "fine"');
        CREATE TYPE pair AS (first text, second int);
        CREATE DOMAIN positive AS int CHECK (VALUE > 0);
        CREATE TABLE odd (id int PRIMARY KEY{string.Concat(Odd.Select((o, i) => $", v{i} {o.Type}"))});
        """;

    [Fact]
    public async Task Odd_values_of_every_type_are_read_edited_and_written_back_unchanged()
    {
        await using var database = await TestDatabase.CreateAsync(Schema);
        await database.ExecuteAsync($"ALTER DATABASE {database.Name} SET timezone TO 'UTC'; ALTER DATABASE {database.Name} SET lc_monetary TO 'C'");
        Assert.True(Odd.Length >= 60);
        await using var site = await StudioSite.StartAsync(database);
        var table = new { schema = "public", name = "odd" };

        // In by an insert of the page's.
        var values = new JsonObject(Odd.Select((o, i) => KeyValuePair.Create($"v{i}", (JsonNode?)o.Text))) { ["id"] = "1" };
        await ApplyAsync(new { kind = "insert", table, values });
        Assert.Equal(Odd.Select(o => o.Text), await ReadAsync());
        await database.ExecuteAsync("CREATE TABLE before AS TABLE odd");

        // What a list shows is the same where it is short enough to be shown whole.
        var listed = (await site.PostAsync("/rows", new { table }))["rows"]![0]!;
        Assert.Empty(listed["cut"]!.AsArray());
        Assert.Equal(Odd.Select(o => o.Text), listed["cells"]!.AsArray().Skip(1).Select(c => (string)c!));

        // Edited to NULL, and back to the text that was read.
        await ApplyAsync(Update(new JsonObject(Odd.Select((_, i) => KeyValuePair.Create($"v{i}", (JsonNode?)null))), await VersionAsync()));
        Assert.All(await ReadAsync(), Assert.Null);
        await ApplyAsync(Update(new JsonObject(Odd.Select((o, i) => KeyValuePair.Create($"v{i}", (JsonNode?)o.Text))), await VersionAsync()));
        Assert.Equal("True", await site.TextAsync("SELECT b *= o FROM before b, odd o"));

        // Out as INSERT, and in again.
        var copied = (string)(await site.PostAsync("/copy", new { table, format = "insert" }))["text"]!;
        await database.ExecuteAsync("DELETE FROM odd");
        await database.ExecuteAsync(copied);
        Assert.Equal("True", await site.TextAsync("SELECT b *= o FROM before b, odd o"));

        async Task ApplyAsync(object change) => Assert.Equal(1, (int)(await site.PostAsync("/changes", new { changes = new[] { change } }))["count"]!);
        object Update(JsonObject set, string version) => new { kind = "update", table, key = new[] { "1" }, version, values = set };
        async Task<JsonNode> RowAsync() => await site.PostAsync("/row", new { table, key = new[] { "1" } });
        async Task<string> VersionAsync() => (string)(await RowAsync())["version"]!;
        async Task<IEnumerable<string?>> ReadAsync() => (await RowAsync())["cells"]!.AsArray().Skip(1).Select(c => (string?)c).ToList();
    }

    [Fact]
    public async Task The_SQL_that_is_shown_does_what_is_applied()
    {
        await using var site = await StudioSite.StartAsync("""CREATE TABLE "it's ""a"" table; --" ("K $1" text PRIMARY KEY, "va'lue" text DEFAULT 'given', n int); INSERT INTO "it's ""a"" table; --" VALUES ('a''b\c', 'old', 1), ('second', 'x', 2)""");
        var table = new { schema = "public", name = "it's \"a\" table; --" };
        var rows = (await site.PostAsync("/rows", new { table }))["rows"]!.AsArray();
        var changes = new object[]
        {
            new { kind = "update", table, key = rows[0]!["key"], version = rows[0]!["version"], values = new JsonObject { ["va'lue"] = "'; DROP TABLE x; --\\ $2 ", ["n"] = null } },
            new { kind = "delete", table, key = rows[1]!["key"], version = rows[1]!["version"] },
            new { kind = "insert", table, values = new JsonObject { ["K $1"] = "new \\ one", ["va'lue"] = new JsonObject { ["default"] = true } } },
        };
        var sql = (string)(await site.PostAsync("/changes/sql", new { changes }))["text"]!;
        await using var twin = await TestDatabase.CreateAsync();
        await twin.ExecuteAsync("""CREATE TABLE "it's ""a"" table; --" ("K $1" text PRIMARY KEY, "va'lue" text DEFAULT 'given', n int); INSERT INTO "it's ""a"" table; --" VALUES ('a''b\c', 'old', 1), ('second', 'x', 2)""");
        // Only the version differs from database to database.
        await twin.ExecuteAsync(System.Text.RegularExpressions.Regex.Replace(sql, " AND xmin = '[0-9]+'", ""));
        await site.PostAsync("/changes", new { changes });
        const string All = """SELECT string_agg(t::text, E'\n' ORDER BY t) FROM "it's ""a"" table; --" t""";
        Assert.Equal(await site.TextAsync(All), (await twin.QueryAsync(All))!.ToString());
        Assert.Contains("DROP TABLE", await site.TextAsync(All), StringComparison.Ordinal);
        Assert.Contains("given", await site.TextAsync(All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_value_is_shown_by_its_beginning_and_edited_whole()
    {
        await using var site = await StudioSite.StartAsync("CREATE TABLE long (id int PRIMARY KEY, t text); INSERT INTO long VALUES (1, repeat('é', 200000) || 'end'), (2, repeat('x', 499) || '😀'), (3, repeat('x', 499) || '😀y')");
        var table = new { schema = "public", name = "long" };
        var rows = (await site.PostAsync("/rows", new { table }))["rows"]!.AsArray();
        Assert.Equal(new string('é', 500), (string)rows[0]!["cells"]![1]!);
        Assert.Equal([1], rows[0]!["cut"]!.AsArray().Select(c => (int)c!));
        Assert.Equal((new string('x', 499) + "😀", 0), ((string)rows[1]!["cells"]![1]!, rows[1]!["cut"]!.AsArray().Count));
        Assert.Equal((new string('x', 499) + "😀", 1), ((string)rows[2]!["cells"]![1]!, rows[2]!["cut"]!.AsArray().Count));
        var whole = await site.PostAsync("/row", new { table, key = new[] { "1" } });
        Assert.Equal(new string('é', 200_000) + "end", (string)whole["cells"]![1]!);
    }
}
