using System.Text.Json.Nodes;

namespace Sluice.Browser.Tests.Studio;

/// <summary>That every row is met once, forwards and backwards, and that nobody's change is lost.</summary>
public sealed class RowsTests
{
    private const string Schema = """
        CREATE TABLE many (a text, b int, sometimes text, PRIMARY KEY (a, b));
        INSERT INTO many SELECT chr(97 + n % 7), n, CASE WHEN n % 3 > 0 THEN 'v' || n % 11 END FROM generate_series(1, 331) n;
        CREATE TABLE keyless (v int); INSERT INTO keyless SELECT n % 5 FROM generate_series(1, 40) n;
        CREATE VIEW seen AS SELECT a, b FROM many;
        CREATE TABLE parts (day date, n int) PARTITION BY RANGE (day); CREATE TABLE parts_1 PARTITION OF parts DEFAULT; INSERT INTO parts SELECT '2026-01-01', n FROM generate_series(1, 5) n;
        CREATE TABLE parent (id int PRIMARY KEY, tags text[], doc jsonb); CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent int REFERENCES parent, twice int GENERATED ALWAYS AS (parent * 2) STORED);
        INSERT INTO parent VALUES (1, '{a}', '{"k": [1, 2]}'), (2, NULL, NULL); INSERT INTO child (parent) VALUES (1), (2);
        CREATE SCHEMA other; CREATE TABLE other.many (x int);
        """;

    public static TheoryData<string?, bool, bool> Orders() => new() { { null, false, false }, { "b", true, false }, { "sometimes", false, false }, { "sometimes", true, false }, { "sometimes", false, true }, { "sometimes", true, true }, { "a", true, true } };

    [Theory, MemberData(nameof(Orders))]
    public async Task Every_row_is_met_once_in_its_order_whichever_way_one_goes(string? column, bool descending, bool backwards)
    {
        await using var site = await StudioSite.StartAsync(Schema);
        var table = new { schema = "public", name = "many" };
        object? sort = column is null ? null : new { column, isDescending = descending };
        var direction = descending ? " DESC" : "";
        var order = column is null ? "a, b" : column == "sometimes" ? $"sometimes IS NULL, sometimes{direction}, a{direction}, b{direction}" : $"{column}{direction}, a{direction}, b{direction}";
        var expected = (await site.TextAsync($"SELECT string_agg(a || b, ' ' ORDER BY {order}) FROM many")).Split(' ');

        var met = new List<string>();
        JsonNode? cursor = null;
        bool more;
        do
        {
            var page = await site.PostAsync("/rows", backwards ? new { table, sort, before = cursor?.DeepClone(), fromEnd = cursor is null, limit = 50 } : (object)new { table, sort, after = cursor?.DeepClone(), limit = 50 });
            var rows = page["rows"]!.AsArray();
            var names = rows.Select(r => $"{r!["cells"]![0]}{r["cells"]![1]}");
            met.InsertRange(backwards ? 0 : met.Count, names);
            cursor = rows[backwards ? 0 : rows.Count - 1]!["cursor"];
            more = (bool)page["hasMore"]!;
        }
        while (more);
        Assert.Equal(expected, met);
        var middle = await site.PostAsync("/rows", new { table, sort, offset = 200, limit = 10 });
        Assert.Equal(expected[200..210], middle["rows"]!.AsArray().Select(r => $"{r!["cells"]![0]}{r["cells"]![1]}"));
    }

    [Fact]
    public async Task Tables_without_a_key_views_and_partitions_are_read_too()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        foreach (var (name, count, keyed) in new[] { ("keyless", 40, true), ("seen", 331, false), ("parts", 5, false) })
        {
            var page = await site.PostAsync("/rows", new { table = new { schema = "public", name }, limit = 500 });
            Assert.Equal(count, page["rows"]!.AsArray().Count);
            Assert.Equal(keyed, page["rows"]![0]!["key"]!.AsArray().Count > 0);
            Assert.Equal(count, (int)(await site.PostAsync("/count", new { table = new { schema = "public", name } }))["count"]!);
        }

        var keyless = new { schema = "public", name = "keyless" };
        var row = (await site.PostAsync("/rows", new { table = keyless }))["rows"]![3]!;
        await site.PostAsync("/changes", new { changes = new[] { new { kind = "update", table = keyless, key = row["key"], version = row["version"], values = new JsonObject { ["v"] = "99" } } } });
        Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM keyless WHERE v = 99"));
    }

    [Fact]
    public async Task Filters_are_values_and_never_SQL()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        var table = new { schema = "public", name = "many" };
        Assert.Equal(47, await CountAsync("a", "=", "d"));
        Assert.Equal(110, await CountAsync("sometimes", "null", null));
        Assert.Equal(21, await CountAsync("b", ">", "310"));
        Assert.Equal(41, await CountAsync("sometimes", "begins", "V1"));
        Assert.Equal(0, await CountAsync("a", "=", "' OR true --"));
        Assert.Equal(422, (await site.TryAsync("/count", new { table, filters = new[] { new { column = "b", @operator = "=", value = "1 OR true" } } })).Status);
        Assert.Equal(400, (await site.TryAsync("/rows", new { table, filters = new[] { new { column = "b", @operator = "= 1 OR 1 =", value = "1" } } })).Status);
        Assert.Equal(400, (await site.TryAsync("/rows", new { table, sort = new { column = "b; DROP TABLE many", isDescending = false } })).Status);
        Assert.Equal(404, (await site.TryAsync("/rows", new { table = new { schema = "pg_catalog", name = "pg_authid" } })).Status);

        foreach (var odd in new object[] { new { }, new { table = (string?)null }, new { table = new { schema = "public" } }, new { table, filters = new[] { (string?)null } }, new { table, after = new[] { "one" } }, Array.Empty<int>(), "text" })
        {
            Assert.Equal(400, (await site.TryAsync("/rows", odd)).Status);
        }

        async Task<int> CountAsync(string column, string @operator, string? value) => (int)(await site.PostAsync("/count", new { table, filters = new[] { new { column, @operator, value } } }))["count"]!;
    }

    [Fact]
    public async Task Of_several_changes_all_are_made_or_none()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        var table = new { schema = "public", name = "parent" };
        var rows = (await site.PostAsync("/rows", new { table }))["rows"]!.AsArray();
        object Update(int i, string doc) => new { kind = "update", table, key = rows[i]!["key"], version = rows[i]!["version"], values = new JsonObject { ["doc"] = doc } };
        var (status, refused) = await site.TryAsync("/changes", new { changes = new[] { Update(0, "{}"), Update(1, "no json") } });
        Assert.Equal((422, 1, "22P02"), (status, (int)refused["change"]!, (string)refused["code"]!));

        await site.Database.ExecuteAsync("""UPDATE parent SET tags = '{theirs}' WHERE id = 2""");
        (status, refused) = await site.TryAsync("/changes", new { changes = new[] { Update(0, "{}"), Update(1, "[]") } });
        Assert.Equal((409, 1), (status, (int)refused["conflict"]!["change"]!));
        Assert.Equal("{theirs}", (string)refused["conflict"]!["now"]!["cells"]![1]!);
        Assert.Equal("""{"k": [1, 2]}""", await site.TextAsync("SELECT doc::text FROM parent WHERE id = 1"));

        await site.Database.ExecuteAsync("DELETE FROM child WHERE parent = 2; DELETE FROM parent WHERE id = 2");
        (status, refused) = await site.TryAsync("/changes", new { changes = new[] { Update(1, "[]") } });
        Assert.Equal((409, null), (status, refused["conflict"]!["now"]));
    }

    [Fact]
    public async Task The_outline_says_what_can_be_edited_and_where_rows_lead()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        var tables = (await site.GetAsync("/tables"))["tables"]!.AsArray();
        var child = tables.Single(t => (string)t!["name"]! == "child")!;
        Assert.Equal([true, false, true], child["columns"]!.AsArray().Select(c => (bool)c!["isGiven"]!));
        var relation = Assert.Single(child["relations"]!.AsArray())!;
        Assert.Equal(("parent", "id"), ((string)relation["to"]!["name"]!, (string)relation["toColumns"]![0]!));
        Assert.Equal(["number", "array", "json"], tables.Single(t => (string)t!["name"]! == "parent")!["columns"]!.AsArray().Select(c => (string)c!["family"]!));
        Assert.DoesNotContain(tables, t => (string)t!["name"]! == "parts_1");
        Assert.Equal(2, tables.Count(t => (string)t!["name"]! == "many"));
        var seen = new { schema = "public", name = "seen" };
        Assert.Equal(400, (await site.TryAsync("/changes", new { changes = new[] { new { kind = "insert", table = seen, values = new JsonObject { ["a"] = "x" } } } })).Status);
        Assert.Equal(400, (await site.TryAsync("/changes", new { changes = new[] { new { kind = "insert", table = new { schema = "public", name = "child" }, values = new JsonObject { ["twice"] = "4" } } } })).Status);
    }

    [Fact]
    public async Task Rows_are_copied_as_CSV_and_JSON_that_PostgreSQL_reads_back()
    {
        await using var site = await StudioSite.StartAsync("""CREATE TABLE c (id int PRIMARY KEY, t text, j jsonb, n numeric, b bool); INSERT INTO c VALUES (1, 'a,"b"' || chr(10) || 'c', '{"x": [1]}', 1e3, true), (2, NULL, NULL, 'NaN', false), (3, '', '"s"', 0.10, NULL)""");
        var table = new { schema = "public", name = "c" };
        var csv = (string)(await site.PostAsync("/copy", new { table, format = "csv" }))["text"]!;
        await site.Database.ExecuteAsync("CREATE TABLE d (LIKE c)");
        await using (var connection = await site.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var import = await connection.BeginTextImportAsync("COPY d FROM STDIN (FORMAT csv, HEADER)", TestContext.Current.CancellationToken))
        {
            await import.WriteAsync(csv);
        }

        Assert.Equal("0", await site.TextAsync("SELECT count(*) FROM (TABLE c EXCEPT TABLE d) x"));
        Assert.Equal("3", await site.TextAsync("SELECT count(*) FROM d"));
        var json = JsonNode.Parse((string)(await site.PostAsync("/copy", new { table, format = "json", keys = new[] { new[] { "1" }, ["3"] } }))["text"]!)!.AsArray();
        Assert.Equal(2, json.Count);
        Assert.Equal("""{"id":1,"t":"a,\u0022b\u0022\nc","j":{"x":[1]},"n":1000,"b":true}""", json[0]!.ToJsonString());
        Assert.Equal("0.10", json[1]!["n"]!.ToJsonString());
    }

    [Fact]
    public async Task The_console_reads_unless_told_otherwise_and_stops_when_nobody_waits()
    {
        await using var site = await StudioSite.StartAsync(Schema);
        var many = (await site.PostAsync("/query", new { sql = "SELECT a.oid, 1e40::numeric FROM pg_class a, pg_class b, pg_class c, pg_class d; SELECT 'a;b'" }))["results"]!;
        Assert.Equal((1000, true), (many[0]!["rows"]!.AsArray().Count, (bool)many[0]!["hasMore"]!));
        Assert.Equal("1" + new string('0', 40), (string)many[0]!["rows"]![0]![1]!);
        Assert.Equal("a;b", (string)many[1]!["rows"]![0]![0]!);
        var (status, refused) = await site.TryAsync("/query", new { sql = "DELETE FROM many" });
        Assert.Equal((422, "25006"), (status, (string)refused["code"]!));
        await site.PostAsync("/query", new { sql = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; DELETE FROM many WHERE b > 100", writes = true, database = site.Database.Name });
        Assert.Equal("100", await site.TextAsync("SELECT count(*) FROM many"));
        Assert.Equal(422, (await site.TryAsync("/query", new { sql = "DELETE FROM many; SELECT 1 / 0", writes = true, database = site.Database.Name })).Status);
        Assert.Equal("100", await site.TextAsync("SELECT count(*) FROM many"));
        Assert.Equal(422, (await site.TryAsync("/query", new { sql = "SELECT pg_sleep(60)", seconds = 1 })).Status);
        var plan = (string)(await site.PostAsync("/explain", new { sql = "SELECT * FROM many ORDER BY b", analyzes = true }))["text"]!;
        Assert.True(JsonNode.Parse(plan)![0]!["Plan"]!["Actual Rows"] is not null);

        using var stop = new CancellationTokenSource();
        var asked = Assert.ThrowsAnyAsync<OperationCanceledException>(() => System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(site.Http, new Uri("/api/query", UriKind.Relative), new { sql = "SELECT pg_sleep(600)", seconds = 700 }, stop.Token));
        await Wait.UntilAsync(() => RunAsync("1"), "the statement does not run");
        await stop.CancelAsync();
        await asked;
        await Wait.UntilAsync(() => RunAsync("0"), "the statement is still running");

        // Its session says of itself that it fetches from a cursor.
        async Task<bool> RunAsync(string many) => await site.TextAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'") == many;
    }
}
