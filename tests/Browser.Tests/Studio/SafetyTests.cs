using System.Text.Json.Nodes;

namespace Sluice.Browser.Tests.Studio;

/// <summary>What must not happen to a database through Studio, nor to whoever looks at it.</summary>
public sealed class SafetyTests
{
    private const string Item = "CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item VALUES (1, 'one');";

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task No_spelling_of_a_text_leaves_the_transaction_that_only_reads(bool readOnly)
    {
        await using var site = await StudioSite.StartAsync(Item, readOnly);
        foreach (var sql in new[]
        {
            @"SET standard_conforming_strings = off; SELECT '\' , '; COMMIT; DELETE FROM item; --'",
            @"SELECT set_config('standard_conforming_strings', 'off', false); SELECT '\' , '; COMMIT; DELETE FROM item; --'",
            @"SET standard_conforming_strings = off; WITH x AS (SELECT '\' , '; COMMIT; DELETE FROM item; --') TABLE x",
            @"SET standard_conforming_strings = off; SHOW ""a\'; COMMIT; DELETE FROM item; --""",
        })
        {
            Assert.InRange((await site.TryAsync("/query", new { sql })).Status, 400, 422);
            Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM item"));
        }

        Assert.InRange((await site.TryAsync("/explain", new { sql = @"SELECT '\' , '; COMMIT; DELETE FROM item; --'", analyzes = true })).Status, 200, 422);
        Assert.Equal("1", await site.TextAsync("SELECT count(*) FROM item"));
    }

    [Fact]
    public async Task For_reading_only_no_database_is_made_beside_it()
    {
        await using var site = await StudioSite.StartAsync(Item, readOnly: true);
        using var answer = await site.Http.GetAsync(new Uri("/api/migrations/drift", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_row_without_a_key_that_stands_where_another_stood_is_not_taken_for_it()
    {
        await using var site = await StudioSite.StartAsync("CREATE TABLE heap (v text); INSERT INTO heap VALUES ('a'), ('b'), ('c')");
        var table = new { schema = "public", name = "heap" };
        var row = (await site.PostAsync("/rows", new { table }))["rows"]![0]!;
        Assert.Equal("a", (string)row["cells"]![0]!);
        await site.Database.ExecuteAsync("DELETE FROM heap WHERE v = 'a'");
        await site.Database.ExecuteAsync("VACUUM FULL heap");
        var (status, _) = await site.TryAsync("/changes", new { changes = new[] { new { kind = "delete", table, key = row["key"], version = row["version"] } } });
        Assert.Equal(409, status);
        Assert.Equal("b c", await site.TextAsync("SELECT string_agg(v, ' ' ORDER BY v) FROM heap"));
        var now = (await site.PostAsync("/rows", new { table }))["rows"]![0]!;
        await site.PostAsync("/changes", new { changes = new[] { new { kind = "delete", table, key = now["key"], version = now["version"] } } });
        Assert.Equal("c", await site.TextAsync("SELECT string_agg(v, ' ' ORDER BY v) FROM heap"));
    }

    [Fact]
    public async Task What_an_earlier_change_of_ones_own_touched_is_nobody_elses()
    {
        await using var site = await StudioSite.StartAsync("""
            CREATE TABLE team (id int PRIMARY KEY); CREATE TABLE person (id int PRIMARY KEY, team int REFERENCES team ON DELETE SET NULL, note text);
            INSERT INTO team VALUES (1), (2); INSERT INTO person VALUES (1, 1, 'a'), (2, 1, 'b');
            """);
        var (team, person) = (new { schema = "public", name = "team" }, new { schema = "public", name = "person" });
        var teams = (await site.PostAsync("/rows", new { table = team }))["rows"]!.AsArray();
        var people = (await site.PostAsync("/rows", new { table = person }))["rows"]!.AsArray();
        object[] Changes() =>
        [
            new { kind = "delete", table = team, key = teams[0]!["key"], version = teams[0]!["version"] },
            new { kind = "update", table = person, key = people[0]!["key"], version = people[0]!["version"], values = new JsonObject { ["note"] = "mine" } },
        ];
        // Somebody else's change is still seen, also where one's own touches the row as well.
        await site.Database.ExecuteAsync("BEGIN; UPDATE person SET note = 'theirs' WHERE id = 1; COMMIT");
        var (status, refused) = await site.TryAsync("/changes", new { changes = Changes() });
        Assert.Equal((409, 1), (status, (int)refused["conflict"]!["change"]!));
        people[0]!["version"] = (string)refused["conflict"]!["now"]!["version"]!;
        await site.PostAsync("/changes", new { changes = Changes() });
        Assert.Equal("NULL mine", await site.TextAsync("SELECT coalesce(team::text, 'NULL') || ' ' || note FROM person WHERE id = 1"));
    }

    [Fact]
    public async Task The_end_of_what_has_no_key_is_not_its_beginning()
    {
        await using var site = await StudioSite.StartAsync("CREATE TABLE n (i int PRIMARY KEY); INSERT INTO n SELECT generate_series(1, 1000); CREATE VIEW seen AS SELECT i FROM n");
        var (status, refused) = await site.TryAsync("/rows", new { table = new { schema = "public", name = "seen" }, fromEnd = true });
        Assert.Equal(400, status);
        Assert.Contains("nothing tells its rows apart", (string)refused["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_very_long_answers_the_page_gets_a_part_that_says_so()
    {
        await using var site = await StudioSite.StartAsync("CREATE TABLE long (id int PRIMARY KEY, t text); INSERT INTO long SELECT n, repeat('x', 1000000) FROM generate_series(1, 100) n");
        var answer = (await site.PostAsync("/query", new { sql = "(SELECT t FROM long)" }))["results"]![0]!;
        Assert.True((bool)answer["hasMore"]! || ((string)answer["rows"]![0]![0]!).Length < 1_000_000);
        Assert.True(answer.ToJsonString().Length < 20_000_000, "the console sends all of it");
        var (status, refused) = await site.TryAsync("/copy", new { table = new { schema = "public", name = "long" }, format = "csv" });
        Assert.Equal(413, status);
        Assert.Contains("MB", (string)refused["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_outside_of_a_transaction_ends_in_its_time_and_what_the_page_cannot_do_is_said()
    {
        await using var site = await StudioSite.StartAsync(Item);
        await site.Database.ExecuteAsync("CREATE PROCEDURE wait() LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); END'");
        var (late, _) = await site.TryAsync("/query", new { sql = "VACUUM (VERBOSE) item", writes = true, seconds = 1, database = site.Database.Name });
        Assert.Equal(200, late);
        Assert.Equal("1s", (string)(await site.PostAsync("/query", new { sql = "SHOW statement_timeout", seconds = 1 }))["results"]![0]!["rows"]![0]![0]!);
        var (status, refused) = await site.TryAsync("/query", new { sql = "COPY item TO STDOUT", writes = true, database = site.Database.Name });
        Assert.Equal(400, status);
        Assert.Contains("COPY", (string)refused["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parents_of_inherited_tables_are_read_and_not_changed()
    {
        await using var site = await StudioSite.StartAsync("CREATE TABLE base (id int PRIMARY KEY, v text); CREATE TABLE derived () INHERITS (base); INSERT INTO base VALUES (1, 'base'); INSERT INTO derived VALUES (1, 'derived')");
        var outline = (await site.GetAsync("/tables"))["tables"]!.AsArray().Single(t => (string)t!["name"]! == "base")!;
        Assert.False((bool)outline["isEditable"]!);
        var rows = (await site.PostAsync("/rows", new { table = new { schema = "public", name = "base" } }))["rows"]!.AsArray();
        Assert.Equal(["base", "derived"], rows.Select(r => (string)r!["cells"]![1]!).Order());
        Assert.All(rows, r => Assert.Empty(r!["key"]!.AsArray()));
    }

    [Fact]
    public async Task Somebody_who_may_read_a_few_columns_reads_them()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE TABLE person (id int PRIMARY KEY, name text, secret text); INSERT INTO person VALUES (1, 'Ada', 'x')");
        var role = $"{database.Name}_reader";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'reader-of-few'; GRANT SELECT (name) ON person TO {role}");
        try
        {
            var url = new UriBuilder(database.Url) { UserName = role, Password = "reader-of-few" }.Uri.AbsoluteUri;
            await using var site = await StudioSite.StartOnAsync(url, Path.GetTempPath(), enter: true);
            var rows = (await site.PostAsync("/rows", new { table = new { schema = "public", name = "person" } }))["rows"]!.AsArray();
            Assert.Equal("Ada", (string)Assert.Single(rows)!["cells"]![0]!);
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task It_works_through_a_pooler_of_transactions()
    {
        await using var database = await TestDatabase.CreateAsync("CREATE SCHEMA shop; CREATE TABLE shop.item (id int PRIMARY KEY); INSERT INTO shop.item VALUES (7)");
        await using var pooler = TransactionPooler.Start();
        var url = new UriBuilder(database.Url) { Host = "127.0.0.1", Port = pooler.Port, Query = "schema=shop&pgbouncer=true" }.Uri.AbsoluteUri;
        await using var site = await StudioSite.StartOnAsync(url, Path.GetTempPath(), enter: true);
        Assert.Equal("7", (string)(await site.PostAsync("/query", new { sql = "SELECT id FROM item" }))["results"]![0]!["rows"]![0]![0]!);
        Assert.Equal("item", (string)(await site.GetAsync("/tables"))["tables"]![0]!["name"]!);
    }
}
