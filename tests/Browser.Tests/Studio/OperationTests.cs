using EventPlatform.Browser.Tests;
using Npgsql;

namespace Sluice.Browser.Tests.Studio;

/// <summary>Migrations and health as the page shows them, on a project with a history, something pending and something changed by hand.</summary>
public sealed class OperationTests(Site site) : IDisposable
{
    private readonly DirectoryInfo project = Directory.CreateTempSubdirectory("sluice-studio-");

    [Fact]
    public async Task Pending_migrations_are_judged_and_applied_for_who_types_the_databases_name()
    {
        await using var studio = await StartAsync();
        await using var visitor = await site.VisitAsync(new Screen("desktop", 1280, 900), address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await page.GetByRole(AriaRole.Link, new() { Name = "Migrations", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1 + p")).ToContainTextAsync("1 applied, 1 pending");
        await Expect(page.Locator("details").First).ToContainTextAsync("ACCESS EXCLUSIVE");
        await Expect(page.Locator(".finding").First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync(Environment.UserName);
        await visitor.KeepAsync("studio-pending-desktop");

        // What somebody did by hand, side by side.
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare with the history" }).ClickAsync();
        await Expect(page.Locator(".side .added").First).ToContainTextAsync("by_hand");
        await visitor.KeepAsync("studio-drift-desktop");

        await studio.EnterAsAsync(page);
        Assert.Equal(400, (await studio.TryAsync("/migrations/deploy", new { database = "another" })).Status);
        await visitor.Id("deploy").ClickAsync();
        await Expect(visitor.Id("named-run")).ToBeDisabledAsync();
        await visitor.Id("named").FillAsync(studio.Database.Name);
        await page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Id("log")).ToContainTextAsync("20260102000000_note");
        await Expect(page.Locator("h1 + p")).ToContainTextAsync("2 applied, 0 pending");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Runs" })).ToContainTextAsync("migrate deploy");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Backups" })).ToContainTextAsync("restored and compared");
        await visitor.KeepAsync("studio-migrations-desktop");
        Assert.Equal("1", await studio.TextAsync("SELECT count(*) FROM information_schema.columns WHERE table_name = 'item' AND column_name = 'note'"));
    }

    [Fact]
    public async Task Who_blocks_whom_is_a_tree_and_a_session_is_ended_for_who_types_the_databases_name()
    {
        await using var studio = await StartAsync();
        await using var holder = await OpenAsync(studio, "holder");
        await using var waiter = await OpenAsync(studio, "waiter");
        await ExecuteAsync(holder, "BEGIN; UPDATE item SET name = 'held' WHERE id = 1");
        var waiting = ExecuteAsync(waiter, "UPDATE item SET name = 'late' WHERE id = 1");

        await using var visitor = await site.VisitAsync(new Screen("desktop", 1280, 900, IsDark: true), address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(page.Locator("#blocking > li > .node")).ToContainTextAsync("(holder)");
        await Expect(page.Locator("#blocking > li > ul .node")).ToContainTextAsync($"waits for {holder.ProcessID}");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Thresholds" })).ToContainTextAsync("connections");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Tables" })).ToContainTextAsync("public.item");
        await visitor.KeepAsync("studio-blocking-desktop-dark");
        await page.Locator("#blocking > li > .node").GetByRole(AriaRole.Button, new() { Name = "End…" }).ClickAsync();
        await visitor.Id("named").FillAsync(studio.Database.Name);
        await visitor.Id("named-run").ClickAsync();
        await waiting;
        await Expect(page.Locator("#blocking")).ToHaveCountAsync(0);
        Assert.Equal("late", await studio.TextAsync("SELECT name FROM item WHERE id = 1"));
        await visitor.Id("doctor").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Examination" })).ToContainTextAsync("journal");

        // A number that another session has by now is not that session.
        await studio.EnterAsAsync(page);
        var (status, body) = await studio.TryAsync("/health/end", new { database = studio.Database.Name, process = waiter.ProcessID, started = "2000-01-01 00:00:00+00" });
        Assert.Equal((200, false), (status, (bool)body["ended"]!));
        await ExecuteAsync(waiter, "SELECT 1");
    }

    [Fact]
    public async Task In_a_queue_for_a_lock_everybody_stands_once()
    {
        await using var studio = await StudioSite.StartAsync("CREATE TABLE item (id int PRIMARY KEY)", enter: false);
        await using var holder = await OpenAsync(studio, "holder");
        await ExecuteAsync(holder, "BEGIN; LOCK TABLE item");
        var waiters = new List<(NpgsqlConnection Connection, Task Waiting)>();
        for (var i = 0; i < 3; i++)
        {
            var waiter = await OpenAsync(studio, $"waiter {i}");
            waiters.Add((waiter, ExecuteAsync(waiter, "BEGIN; LOCK TABLE item")));
            await Wait.UntilAsync(async () => await studio.TextAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'item'::regclass") == $"{i + 1}", "nobody waits");
        }

        await using var visitor = await site.VisitAsync(Judging.Screens[0], address: studio.Address);
        await visitor.Page.GotoAsync(studio.Link.AbsoluteUri);
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(visitor.Page.Locator("#blocking .node")).ToHaveCountAsync(4);
        await Expect(visitor.Page.Locator("#blocking > li > .node")).ToContainTextAsync("blocks 3");
        await ExecuteAsync(holder, "ROLLBACK");
        foreach (var (connection, waiting) in waiters)
        {
            await waiting;
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Where_the_project_names_another_database_by_now_nothing_is_applied_to_it()
    {
        await using var other = await TestDatabase.CreateAsync();
        Write("migration_lock.toml", "provider = \"postgresql\"\n");
        Write("20260101000000_init/migration.sql", "CREATE TABLE \"item\" ();\n");
        await using var studio = await StudioSite.StartAsync(await TestDatabase.CreateAsync(), migrations: Path.Combine(project.FullName, "migrations"), toolUrl: other.Url);
        await studio.PostAsync("/migrations/deploy", new { database = studio.Database.Name });
        Assert.Contains("another database by now", (string)(await studio.GetAsync("/migrations/pending"))["plan"]!["error"]!["message"]!, StringComparison.Ordinal);
        await Wait.UntilAsync(async () => (await studio.TryAsync("/migrations/deploy", new { database = studio.Database.Name })).Status == 200, "the first run does not end");
        Assert.Equal("0", (await other.QueryAsync("SELECT count(*) FROM pg_class WHERE relname = 'item'"))!.ToString());
    }

    [Fact]
    public async Task Neither_tab_is_against_the_rules_of_accessibility_or_wider_than_the_screen()
    {
        await using var studio = await StartAsync();
        await studio.EnterAsync();
        await using var holder = await OpenAsync(studio, "holder");
        await ExecuteAsync(holder, "BEGIN; UPDATE item SET name = 'held' WHERE id = 1");
        await Judging.EachAsync(site, studio, async judge =>
        {
            await judge.Visitor.Page.GotoAsync("/#/health");
            await Expect(judge.Visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Thresholds" })).ToBeVisibleAsync();
            await judge.JudgeAsync("health");
            await judge.Visitor.Page.GotoAsync("/#/migrations");
            await Expect(judge.Visitor.Page.Locator(".finding").First).ToBeVisibleAsync();
            await judge.JudgeAsync("history");
        });
    }

    [Fact]
    public async Task The_event_platform_is_looked_through_and_nothing_in_it_can_be_changed()
    {
        await using var studio = await StudioSite.StartOnAsync(site.DatabaseUrl, Path.Combine(Repository.Root, "examples/event-platform/migrations"));
        await using var visitor = await site.VisitAsync(Judging.Screens[0], address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await Expect(page.Locator(".where .pill")).ToHaveTextAsync("read-only");
        await page.GetByRole(AriaRole.Link, new() { Name = "public.rooms" }).ClickAsync();
        await Expect(page.Locator("#cell-0-0 .value")).ToBeVisibleAsync();
        await Expect(visitor.Id("insert")).ToHaveCountAsync(0);
        await page.Locator(".follow").First.ClickAsync();
        await Expect(page.Locator("h1")).Not.ToHaveTextAsync("rooms");
        await page.GetByRole(AriaRole.Link, new() { Name = "Migrations", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1 + p")).ToContainTextAsync("Up to date");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("20251228000000_init");
        await visitor.KeepAsync("studio-example-migrations-desktop");
        await page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Authentication" })).ToContainTextAsync("sessions");
        await visitor.KeepAsync("studio-example-health-desktop");
    }

    public void Dispose() => project.Delete(recursive: true);

    private async Task<StudioSite> StartAsync()
    {
        var database = await TestDatabase.CreateAsync();
        Write("migration_lock.toml", "provider = \"postgresql\"\n");
        Write("20260101000000_init/migration.sql", "CREATE TABLE \"item\" (\n  \"id\" INTEGER NOT NULL,\n  \"name\" TEXT,\n  CONSTRAINT \"item_pkey\" PRIMARY KEY (\"id\")\n);\nCREATE INDEX \"item_name\" ON \"item\"(\"name\");\n");
        var (code, said) = await Site.RunAsync("sluice", "migrate", "deploy", "--no-backup", "--url", database.Url, "--migrations", Path.Combine(project.FullName, "migrations"));
        Assert.True(code == 0, said);
        await database.ExecuteAsync("INSERT INTO item SELECT n, 'item ' || n FROM generate_series(1, 20000) n; ANALYZE item; ALTER TABLE item ADD COLUMN by_hand text");
        Write("20260102000000_note/migration.sql", "ALTER TABLE \"item\" ADD COLUMN \"note\" TEXT NOT NULL DEFAULT '';\nCREATE INDEX \"item_note\" ON \"item\"(\"note\");\n");
        return await StudioSite.StartAsync(database, migrations: Path.Combine(project.FullName, "migrations"), enter: false);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(project.FullName, "migrations", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static async Task<NpgsqlConnection> OpenAsync(StudioSite studio, string name)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(studio.Database.ConnectionString) { ApplicationName = name, Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
