using EventPlatform.Browser.Tests;

namespace Sluice.Browser.Tests.Studio;

/// <summary>The drawing of a database and the text beside it, as somebody looks around in them.</summary>
public sealed class SchemaTests(Site site) : IDisposable
{
    private const string Evil = "<img src=x onerror=alert(1)>";

    // Somebody chose such a name; a schema more; a table that nobody ties to another.
    private const string Shop = $"""
        CREATE TYPE state AS ENUM ('new', 'paid');
        CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, email text UNIQUE);
        CREATE TABLE purchase (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, state state NOT NULL);
        CREATE TABLE item (id bigint PRIMARY KEY, purchase_id bigint NOT NULL REFERENCES purchase, label text);
        CREATE SCHEMA archive;
        CREATE TABLE archive.customer (id int PRIMARY KEY, gone date);
        CREATE TABLE "{Evil}" ("{Evil}" text);
        COMMENT ON TABLE "{Evil}" IS '{Evil}';
        CREATE VIEW recent AS SELECT id FROM purchase;
        """;

    private const string Written = """
        datasource db {
          provider = "postgresql"
          url      = env("DATABASE_URL")
        }

        /// Who buys.
        model Customer {
          id    Int     @id
          name  String
          email String? @unique

          @@map("customer")
        }

        model Voucher {
          id Int @id
        }
        """;

    private readonly DirectoryInfo project = Directory.CreateTempSubdirectory("sluice-studio-");

    [Fact]
    public async Task A_table_is_found_by_its_column_looked_at_with_its_neighbours_and_read_beside()
    {
        await using var studio = await StudioSite.StartAsync(Shop, enter: false);
        await using var visitor = await site.VisitAsync(Judging.Screens[0], address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await page.GetByRole(AriaRole.Link, new() { Name = "Schema", Exact = true }).ClickAsync();
        await Expect(page.Locator("svg .box.table")).ToHaveCountAsync(5);
        await Expect(page.Locator("svg .area-name")).ToHaveTextAsync(["archive", "public"]);
        await Expect(page.Locator("img")).ToHaveCountAsync(0);
        await visitor.KeepAsync("studio-schema-whole-desktop-light");

        // By a column's name, with the keyboard alone.
        await visitor.Id("find").FillAsync("customer_id");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("svg .box.lit title").First).ToHaveTextAsync("public.purchase");
        await Expect(page.Locator("svg .edge.lit")).ToHaveCountAsync(2);
        await Expect(page.Locator(".around")).ToHaveTextAsync("public.purchase references public.customer, is referenced by public.item");
        await Expect(page.Locator(".source .block.here")).ToContainTextAsync("model purchase");
        Assert.True(await IsInSightAsync(page, ".source .block.here"));
        Assert.True(await IsInSightAsync(page, "svg .box.lit"));

        // It and what is around it, and from there to a neighbour.
        await visitor.Id("depth").SelectOptionAsync("1");
        await Expect(page.Locator("svg .box.table")).ToHaveCountAsync(3);
        await Expect(page.Locator("svg .box.enum")).ToHaveCountAsync(1);
        await page.Locator("svg [data-table='public.item'] .body").ClickAsync();
        await Expect(page.Locator("svg .box.table")).ToHaveCountAsync(2);
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("#/schema/public/item\\?depth=1$"));
        await visitor.Id("keys").ClickAsync();
        await Expect(page.Locator("svg [data-column=label]")).ToHaveCountAsync(0);
        await page.GoBackAsync();
        await Expect(page.Locator("svg [data-column=label]")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Rows" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("item");
    }

    [Fact]
    public async Task The_drawing_is_moved_and_made_larger_by_wheel_buttons_and_keys()
    {
        await using var studio = await StudioSite.StartAsync(Shop, enter: false);
        await using var visitor = await site.VisitAsync(Judging.Screens[1], address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await page.GetByRole(AriaRole.Link, new() { Name = "Schema", Exact = true }).ClickAsync();
        await Expect(page.Locator("svg .box.table")).ToHaveCountAsync(5);
        var frame = page.Locator(".drawing");
        await page.GetByRole(AriaRole.Button, new() { Name = "All of it" }).ClickAsync();
        var before = await WidthAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Larger" }).ClickAsync();
        Assert.Equal(1.25, await WidthAsync(page) / before, 0.01);
        await frame.FocusAsync();
        await page.Keyboard.PressAsync("-");
        Assert.Equal(1, await WidthAsync(page) / before, 0.01);
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("0");
        Assert.Equal(1, await WidthAsync(page) / before, 0.01);

        // By the wheel; what is under the pointer stays under it.
        var box = page.Locator("svg [data-table='public.purchase'] .body");
        var at = (await box.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(at.X, at.Y);
        await page.Mouse.WheelAsync(0, -600);
        await Wait.UntilAsync(async () => await WidthAsync(page) > before * 3, "the wheel does not enlarge it");
        at = (await box.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(at.X, at.Y);
        await page.Mouse.WheelAsync(0, -100);
        await Wait.UntilAsync(async () => await WidthAsync(page) > before * 3.5, "the wheel does not enlarge it");
        var larger = (await box.BoundingBoxAsync())!;
        Assert.Equal(at.X, larger.X, 4f);
        Assert.Equal(at.Y, larger.Y, 4f);

        // Dragged, which chooses nothing; with the arrows.
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(at.X - 60, at.Y - 40, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        var moved = (await box.BoundingBoxAsync())!;
        Assert.Equal(60, larger.X - moved.X, 2f);
        Assert.Equal(40, larger.Y - moved.Y, 2f);
        await Expect(page.Locator("svg .box.lit")).ToHaveCountAsync(0);
        await frame.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Wait.UntilAsync(async () => (await box.BoundingBoxAsync())!.X < moved.X, "the arrow does not move it");
    }

    [Fact]
    public async Task The_projects_schema_stands_beside_it_and_what_differs_from_the_database_is_said()
    {
        var file = Path.Combine(project.FullName, "schema.prisma");
        await File.WriteAllTextAsync(file, Written, TestContext.Current.CancellationToken);
        await using var studio = await StudioSite.StartAsync(await TestDatabase.CreateAsync(Shop), schema: file);
        var answer = await studio.GetAsync("/schema");
        Assert.True((bool)answer["isWritten"]!);
        Assert.Contains("Voucher", (string)answer["differences"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("email", (string)answer["differences"]!, StringComparison.Ordinal);
        var (drawn, block) = (await studio.GetAsync("/schema/drawing"), answer["files"]![0]!["blocks"]![0]!);
        Assert.Contains("Who buys.", (string)drawn["svg"]!, StringComparison.Ordinal);
        Assert.Equal("model Customer", Written.Substring((int)block["start"]!, "model Customer".Length));
        Assert.Equal("customer", (string)block["name"]!);

        // As it is now, not as it was when Studio began; mistakes and a file that is gone are no end of it.
        await File.WriteAllTextAsync(file, Written + "model Broken {\n", TestContext.Current.CancellationToken);
        Assert.Null((await studio.GetAsync("/schema"))["differences"]);
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        Assert.Equal(404, await StatusAsync(studio, "/schema/drawing?schema=public&name=voucher"));
    }

    [Fact]
    public async Task Two_hundred_tables_are_drawn_in_the_tab()
    {
        var database = LargeDatabase.Create();
        await using var studio = await StudioSite.StartAsync(Migration.Script(Sluice.Catalog.Database.Empty, database), enter: false);
        await using var visitor = await site.VisitAsync(Judging.Screens[0], address: studio.Address);
        var page = visitor.Page;
        await page.GotoAsync(studio.Link.AbsoluteUri);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Schema", Exact = true })).ToBeVisibleAsync();
        // The first time the server's code is compiled, too.
        var first = await DrawnAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Data", Exact = true }).ClickAsync();
        await Expect(page.Locator("svg")).ToHaveCountAsync(0);
        var drawn = await DrawnAsync(page);
        TestContext.Current.TestOutputHelper?.WriteLine($"200 tables drawn {first:0} ms after the first click, {drawn:0} ms after the next");
        await page.GetByRole(AriaRole.Button, new() { Name = "All of it" }).ClickAsync();
        await visitor.KeepAsync("studio-schema-200-desktop-light");
        await visitor.Id("find").FillAsync("table_a0");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("svg .edge.lit").First).ToBeAttachedAsync();
        await Expect(page.Locator("output")).ToHaveTextAsync("50 %");
        Assert.True(await IsInSightAsync(page, "svg .box.lit .head"));
        await visitor.KeepAsync("studio-schema-200-chosen-desktop-light");
        if (Environment.GetEnvironmentVariable("SLUICE_STUDIO_ROWS") is not null)
        {
            Assert.True(drawn <= 1000, $"200 tables were drawn after {drawn:0} ms");
        }
    }

    [Fact]
    public async Task It_is_not_against_the_rules_of_accessibility_or_wider_than_the_screen()
    {
        await using var studio = await StudioSite.StartAsync(Shop);
        await Judging.EachAsync(site, studio, async judge =>
        {
            var page = judge.Visitor.Page;
            await page.GotoAsync("/#/schema/public/purchase");
            await Expect(page.Locator("svg .box.lit")).ToBeVisibleAsync();
            if (judge.Screen.IsPhone)
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Source" }).ClickAsync();
            }

            await Expect(page.Locator(".source .block.here")).ToBeAttachedAsync();
            await judge.JudgeAsync("schema");
        });
    }

    // By the browser's own clock: a test that looks now and then would add its pauses.
    private static Task<double> DrawnAsync(IPage page) => page.EvaluateAsync<double>(
        """
        () => new Promise(done => {
          const start = performance.now();
          [...document.querySelectorAll('nav a')].find(a => a.textContent === 'Schema').click();
          const look = () => document.querySelectorAll('svg .box.table').length === 200 ? done(performance.now() - start) : requestAnimationFrame(look);
          look();
        })
        """);

    public void Dispose() => project.Delete(recursive: true);

    private static async Task<int> StatusAsync(StudioSite studio, string path)
    {
        using var answer = await studio.Http.GetAsync(new Uri($"/api{path}", UriKind.Relative));
        return (int)answer.StatusCode;
    }

    private static Task<double> WidthAsync(IPage page) => page.Locator(".drawing svg").EvaluateAsync<double>("e => e.getBoundingClientRect().width");

    private static Task<bool> IsInSightAsync(IPage page, string what) => page.Locator(what).EvaluateAsync<bool>(
        """
        e => {
          const [at, within] = [e.getBoundingClientRect(), e.closest('.drawing, .text').getBoundingClientRect()];
          return at.top >= within.top - 1 && at.top < within.bottom && at.left >= within.left - 1 && at.left < within.right;
        }
        """);
}
