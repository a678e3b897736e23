using System.Diagnostics;
using EventPlatform.Browser.Tests;

namespace Sluice.Browser.Tests.Studio;

/// <summary>Each tab's main story on each example's database, migrated and seeded as the example's README says.</summary>
public sealed class ExampleTests(Site site)
{
    private static readonly Story[] Stories =
    [
        new("event-platform", "rooms")
        {
            Column = "title", Boxes = 13, Around = "rooms references apps, is referenced by draws, participants, prizes, tickets, winners", Source = "model Room {",
            Sql = "SELECT status, count(*) FROM rooms GROUP BY 1 ORDER BY 1", Says = "CANCELLED", Migration = "20251228000000_init", Authentication = "token_blacklist",
        },
        new("auth-service", "user_sessions")
        {
            Column = "platform", Boxes = 13, Around = "user_sessions references users, is referenced by audit_logs", Source = "model user_sessions {",
            Sql = File.ReadAllText(Folder("auth-service/monitoring/migration_history.sql")), Says = "001_initial_schema.up.sql", Migration = "002_add_user_preferences", Authentication = "user_sessions",
        },
        new("schema-drift", "articles")
        {
            Column = "title", Boxes = 8, Around = "articles references categories, users, is referenced by _ArticleToTag", Source = "model Article {",
            Sql = "SELECT email, role FROM users ORDER BY 1", Says = "editor@example.com", Migration = "20251105080000_init", Differs = "two_factor",
        },
        new("github-login", "users")
        {
            Column = "github_access_token", Boxes = 1, Around = "users has no relations", Source = "model User {",
            Sql = "SELECT github_user_id, is_whitelisted FROM users ORDER BY 1", Says = "583231", Migration = "20251201090000_init",
        },
        new("attempts-and-idempotency", "auth_attempts")
        {
            Column = "ip", Boxes = 2, Around = "auth_attempts has no relations", Source = "model AuthAttempt {",
            Sql = """SELECT "email", "failuresCount" FROM auth_attempts WHERE "lockedUntil" IS NOT NULL ORDER BY 1""", Says = "user11@example.com", Migration = "20260114210000_add_auth_attempt_and_idempotency", Authentication = "0 locked out now",
        },
    ];

    public static TheoryData<string> Examples => [.. Stories.Select(s => s.Example)];

    [Theory, MemberData(nameof(Examples))]
    public async Task Every_tab_tells_its_story(string example)
    {
        Assert.SkipWhen(site.IsMissing, Site.Missing);
        var story = Stories.Single(s => s.Example == example);
        await using var studio = await StartAsync(story);
        var at = Array.IndexOf(Stories, story);
        await using (var visitor = await site.VisitAsync(Judging.Screens[at % 2], address: studio.Address))
        {
            await TellAsync(story, studio, visitor);
        }

        // The other width and the other colours.
        await Judging.OnceAsync(site, studio, Judging.Screens[3 - (at % 2)], judge => LookAsync(story, judge));
    }

    private static async Task TellAsync(Story story, StudioSite studio, Visitor visitor)
    {
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await studio.EnterAsAsync(page);

        // A value is changed as the SQL that is shown.
        await page.Locator($".tables a[href$='/{story.Table}']").ClickAsync();
        await Expect(page.Locator("#cell-0-0 .value")).ToBeVisibleAsync();
        await page.Locator("#cell-0-0").DblClickAsync();
        await visitor.Id($"field-{story.Column}").FillAsync("looked at");
        await visitor.Id("stage").ClickAsync();
        await visitor.Id("review").ClickAsync();
        await Expect(page.Locator("pre.sql")).ToContainTextAsync($"\"{story.Column}\" = 'looked at'");
        await visitor.Id("apply").ClickAsync();
        await Expect(page.Locator(".staged")).ToHaveCountAsync(0);
        Assert.Equal("1", await studio.TextAsync($"SELECT count(*) FROM \"{story.Table}\" WHERE \"{story.Column}\" = 'looked at'"));
        await Expect(page.Locator("#cell-0-0 .value")).ToBeVisibleAsync();
        await visitor.KeepAsync($"studio-{story.Example}-data-desktop");

        await page.GetByRole(AriaRole.Link, new() { Name = "SQL", Exact = true }).ClickAsync();
        await visitor.Id("sql").FillAsync(story.Sql);
        await page.GetByRole(AriaRole.Button, new() { Name = "Explain analyze" }).ClickAsync();
        await Expect(page.Locator(".plan .node").First).ToBeVisibleAsync();
        await visitor.Id("run").ClickAsync();
        await Expect(page.Locator(".result table")).ToContainTextAsync(story.Says);
        await visitor.KeepAsync($"studio-{story.Example}-sql-desktop");

        await page.GetByRole(AriaRole.Link, new() { Name = "Schema", Exact = true }).ClickAsync();
        await Expect(page.Locator("svg .box")).ToHaveCountAsync(story.Boxes);
        await visitor.Id("find").FillAsync(story.Table);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".around")).ToHaveTextAsync(story.Around);
        await Expect(page.Locator(".source .block.here")).ToContainTextAsync(story.Source);
        await Expect(page.Locator(".source details")).ToHaveCountAsync(story.Differs is null ? 0 : 1);
        if (story.Differs is { } differs)
        {
            await page.Locator(".source summary").ClickAsync();
            await Expect(page.Locator(".source .log")).ToContainTextAsync(differs);
        }

        await visitor.KeepAsync($"studio-{story.Example}-schema-desktop");

        await page.GetByRole(AriaRole.Link, new() { Name = "Migrations", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1 + p")).ToContainTextAsync("Up to date");
        var applied = page.GetByRole(AriaRole.Region, new() { Name = "History" }).Locator("tr").Filter(new() { HasText = story.Migration });
        await Expect(applied).ToContainTextAsync(Environment.UserName);
        // What ran was measured, in either layout.
        await Expect(applied.Locator("td").Nth(3)).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^([1-9]\d* ms|\d+\.\d s)$"));
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Runs" })).ToContainTextAsync("ok");
        await visitor.KeepAsync($"studio-{story.Example}-migrations-desktop");

        await page.GetByRole(AriaRole.Link, new() { Name = "Health" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Thresholds" })).ToContainTextAsync("connections");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Tables", Exact = true })).ToContainTextAsync($".{story.Table}");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Indexes" })).ToContainTextAsync("kB");
        var authentication = page.GetByRole(AriaRole.Heading, new() { Name = "Authentication" });
        await Expect(authentication).ToHaveCountAsync(story.Authentication is null ? 0 : 1);
        if (story.Authentication is { } counted)
        {
            await Expect(authentication.Locator("xpath=following-sibling::*[position() <= 2]").Filter(new() { HasText = counted })).ToHaveCountAsync(1);
        }

        await visitor.KeepAsync($"studio-{story.Example}-health-desktop");
    }

    private static async Task LookAsync(Story story, Judging judge)
    {
        var page = judge.Visitor.Page;
        foreach (var (tab, address, ready) in new[]
        {
            ("data", $"data/public/{story.Table}", "#cell-0-0 .value"), ("schema", $"schema/public/{story.Table}?depth=1", "svg .box.lit"), ("migrations", "migrations", ".sheet td"), ("health", "health", ".sheet td"),
        })
        {
            await page.GotoAsync($"/#/{address}");
            await Expect(page.Locator(ready).First).ToBeVisibleAsync();
            await judge.JudgeAsync($"{story.Example}-{tab}", rules: story == Stories[0]);
        }
    }

    private static async Task<StudioSite> StartAsync(Story story)
    {
        var database = await TestDatabase.CreateAsync();
        var (folder, migrations) = (Folder(story.Example), Folder($"{story.Example}/migrations"));
        var schema = Path.Combine(folder, "schema.prisma") is var file && File.Exists(file) ? file : null;
        string[] command = schema is null ? ["up", "--no-backup", "--migrations", migrations] : ["migrate", "deploy", "--no-backup", "--schema", schema];
        await DoneAsync(Path.Combine(Repository.Root, "sluice"), database.Url, folder, [.. command, "--url", database.Url]);
        switch (story.Example)
        {
            case "event-platform":
                await DoneAsync("dotnet", database.Url, folder, Path.Combine(AppContext.BaseDirectory, "Seed.dll"));
                break;
            case "attempts-and-idempotency":
                await DoneAsync(Path.Combine(folder, "seed"), database.Url, folder);
                break;
            default:
                await database.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(folder, "seed.sql"), TestContext.Current.CancellationToken));
                break;
        }

        await database.ExecuteAsync("ANALYZE");
        return await StudioSite.StartAsync(database, migrations: migrations, enter: false, schema: schema);
    }

    private static async Task DoneAsync(string program, string url, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DATABASE_URL"] = url;
        using var process = Process.Start(start)!;
        var talk = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync() + await talk;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
    }

    private static string Folder(string path) => Path.Combine(Repository.Root, "examples", path);

    /// <param name="Table">The one that is looked at in each tab.</param>
    private sealed record Story(string Example, string Table)
    {
        /// <summary>A text of it, which somebody changes.</summary>
        public required string Column { get; init; }

        /// <summary>How many tables, views and enums are drawn.</summary>
        public required int Boxes { get; init; }

        public required string Around { get; init; }

        public required string Source { get; init; }

        public required string Sql { get; init; }

        public required string Says { get; init; }

        public required string Migration { get; init; }

        /// <summary>What is counted of sign-ins; null where there are no tables of them.</summary>
        public string? Authentication { get; init; }

        /// <summary>What the schema asks for and the migrations do not make.</summary>
        public string? Differs { get; init; }
    }
}
