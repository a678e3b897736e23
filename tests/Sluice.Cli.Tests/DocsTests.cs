namespace Sluice.Cli.Tests;

public sealed class DocsTests
{
    [Fact]
    public async Task Pages_of_a_schema_are_written_once_and_those_of_tables_that_are_gone_are_removed()
    {
        using var work = new Workspace(Workspace.Users + "model Post {\n  id Int @id\n}\n");
        work.Migration("20260101000000_init", "CREATE TABLE \"User\" (\"id\" SERIAL PRIMARY KEY); -- <b>");
        work.Write("sql/views.sql", "CREATE VIEW v AS SELECT 1 AS one;\n");
        (await work.RunAsync("docs", "-o", "site")).Ends(0).Says("site/index.html");
        Assert.Contains("CREATE TABLE &quot;User&quot; (&quot;id&quot; SERIAL PRIMARY KEY); -- &lt;b&gt;", work["site/history.html"], StringComparison.Ordinal);
        Assert.Contains("CREATE VIEW v AS SELECT 1 AS one;", work["site/objects.html"], StringComparison.Ordinal);
        var again = (await work.RunAsync("docs", "-o", "site", "--json")).Ends(0).Json;
        Assert.Equal(0, again.GetProperty("written").GetArrayLength());

        work.Schema(Workspace.Users);
        work.Write("site/tables/mine.html", "<p>mine</p>");
        (await work.RunAsync("docs", "-o", "site")).Ends(0).Says("removed 1");
        Assert.Equal(["mine.html", "public.-55-ser.html"], Directory.GetFiles(Path.Combine(work.Folder, "site/tables")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_somebody_wrote_is_never_replaced()
    {
        using var work = new Workspace(Workspace.Users);
        work.Write("site/index.html", "<p>mine</p>");
        (await work.RunAsync("docs", "-o", "site")).Ends(1).Warns("site/index.html was not made by `sluice docs`", "--output");
        Assert.Equal("<p>mine</p>", work["site/index.html"]);
        Assert.False(File.Exists(Path.Combine(work.Folder, "site/docs.css")));
    }

    [Fact]
    public async Task A_page_that_speaks_of_the_tool_is_not_taken_for_one_of_its_own()
    {
        using var work = new Workspace(Workspace.Users);
        work.Write("site/tables/notes.html", "<!doctype html><title>What sluice docs does not say</title>");
        (await work.RunAsync("docs", "-o", "site")).Ends(0);
        Assert.Contains("does not say", work["site/tables/notes.html"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_of_scripts_are_not_published()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users, """CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$ SELECT 'postgresql://app:Geheim-1@db/shop' $f$""");
        work.Migration("20260101000000_init", "CREATE ROLE app LOGIN PASSWORD 'Geheim-1';");
        work.Write("sql/roles.sql", "ALTER ROLE app PASSWORD 'Geheim-1';\n");
        (await work.RunAsync("docs", "-o", "site")).Ends(0);
        (await work.RunAsync("docs", "-o", "live", "--url", work.Database.Url)).Ends(0);
        Assert.Contains("CREATE ROLE app LOGIN PASSWORD", work["site/history.html"], StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(work.Folder, "*.html", SearchOption.AllDirectories), f => Assert.DoesNotContain("Geheim-1", File.ReadAllText(f), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_of_a_database_have_what_a_schema_cannot_say()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: """
            CREATE TABLE orders (id int PRIMARY KEY, total numeric CHECK (total >= 0));
            COMMENT ON COLUMN orders.total IS 'In <euros>';
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON orders USING (id > 0);
            CREATE VIEW totals AS SELECT sum(total) AS total FROM orders;
            CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
            """);
        (await work.RunAsync("docs", "--url", work.Database.Url, "-o", "site")).Ends(0);
        var page = work["site/tables/public.orders.html"];
        Assert.All(["In &lt;euros&gt;", "Policy own", "total &gt;= ", "Row security"], t => Assert.Contains(t, page, StringComparison.Ordinal));
        Assert.Contains("sum(", work["site/views/public.totals.html"], StringComparison.Ordinal);
        Assert.Contains("SELECT 2 * n", work["site/objects.html"], StringComparison.Ordinal);
    }
}
