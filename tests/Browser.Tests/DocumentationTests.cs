using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Documentation;
using Sluice.Text;

namespace EventPlatform.Browser.Tests;

/// <summary>Pages of `sluice docs`, opened from a folder as people open them, with names that somebody may well have chosen.</summary>
public sealed class DocumentationTests(Site site) : IDisposable
{
    private const string Evil = "<img src=x onerror=alert(1)>\"'&";
    // Without preload: what it reads again for it, no page in a folder may read.
    private const string Violations = "async () => (await axe.run({ preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 300)} ${n.failureSummary}`))";

    private static readonly string Axe = Path.Combine(Repository.Root, "examples/event-platform/page/node_modules/axe-core/axe.min.js");

    private readonly string folder = Write();

    [Theory]
    [InlineData("desktop"), InlineData("small")]
    public async Task No_page_is_against_the_rules_of_accessibility_or_asks_anybody_for_anything(string screen)
    {
        Assert.SkipUnless(File.Exists(Axe), "axe-core is not here: `.ci/page` says why");
        await using var visitor = await site.VisitAsync(Screen.Of(screen), bypassPolicy: true);
        var asked = new List<string>();
        visitor.Page.Request += (_, request) => asked.Add(request.Url);
        foreach (var path in (string[])["index.html", "diagram.html", "enums.html", "objects.html", "history.html", "tables/public.rooms.html", "tables/" + EvilFile()])
        {
            await visitor.GoAsync(Address(path));
            await visitor.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
            Assert.True(await visitor.Page.EvaluateAsync<string[]>(Violations) is [], $"{path}: {string.Join("; ", await visitor.Page.EvaluateAsync<string[]>(Violations))}");
            Assert.True(await visitor.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{path} is wider than the screen");
            await visitor.KeepAsync($"docs-{screen}-{Path.GetFileNameWithoutExtension(path).Split('-')[0]}");
        }

        Assert.All(asked, a => Assert.True(a.StartsWith("file://", StringComparison.Ordinal) || a.StartsWith("data:", StringComparison.Ordinal), a));
    }

    [Fact]
    public async Task A_column_is_found_by_its_name_with_the_keyboard_alone_and_styles_and_scripts_are_let_in()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.GoAsync(Address("tables/public.rooms.html"));
        await visitor.Page.Keyboard.PressAsync("/");
        await visitor.Page.Keyboard.TypeAsync("refreshtoken");
        await Expect(visitor.Page.Locator("#found li").First).ToContainTextAsync("sessions.refreshToken");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("sessions");
        await Expect(visitor.Page.Locator("tr:target th")).ToHaveTextAsync("refreshToken");
        Assert.Equal("sticky", await visitor.Page.Locator("header").EvaluateAsync<string>("e => getComputedStyle(e).position"));
    }

    [Fact]
    public async Task The_diagram_zooms_lights_up_what_hangs_together_and_leads_to_the_tables()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.GoAsync(Address("diagram.html#table-rooms"));
        await Expect(visitor.Page.Locator("#table-rooms")).ToHaveClassAsync("box table lit");
        Assert.True(await visitor.Page.Locator(".edge.lit").CountAsync() > 3);
        var before = await visitor.Page.Locator("svg").EvaluateAsync<double>("e => e.getBoundingClientRect().width");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Larger" }).ClickAsync();
        Assert.InRange(await visitor.Page.Locator("svg").EvaluateAsync<double>("e => e.getBoundingClientRect().width") / before, 1.24, 1.26);
        await visitor.Page.Locator("#table-rooms a").ClickAsync();
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("rooms");
    }

    [Fact]
    public async Task Names_are_text_on_every_page()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.GoAsync(Address("index.html"));
        Assert.Equal(0, await visitor.Page.Locator("img").CountAsync());
        await visitor.Page.Locator("#search").FillAsync("onerror");
        Assert.Equal(Evil, await visitor.Page.Locator("#found a").First.EvaluateAsync<string>("e => e.firstChild.textContent"));
        await visitor.Page.Locator("#found a").First.ClickAsync();
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync(Evil);
        Assert.Equal(0, await visitor.Page.Locator("img").CountAsync());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string EvilFile() => $"public.{Markup.Identifier(Evil)}.html";

    private string Address(string path) => new Uri(folder).AbsoluteUri + "/" + path;

    private static string Write()
    {
        var platform = SchemaFile.Read(Path.Combine(Repository.Root, "examples/event-platform/schema.prisma"));
        var database = CatalogBuilder.Build(platform);
        var evil = new Table(new("public", Evil), [new Column(Evil, new ColumnType.Unsupported(Evil), default, new ColumnDefault.Text(Evil), false) { Comment = Evil }], null, [], [])
        {
            Traits = TableTraits.None with { Comment = Evil },
        };
        database = database with
        {
            Tables = [.. database.Tables, evil],
            Objects = [new SqlObject(new ObjectId(ObjectKind.Function, "public", Evil), Evil), new SqlObject(new ObjectId(ObjectKind.Policy, "public", Evil, Evil), Evil)],
        };
        var pages = SiteWriter.Write(new Sluice.Documentation.Site(Evil, database, Comments.Of(database, platform), [new SourceText(Evil, Evil)], []));
        var folder = Directory.CreateTempSubdirectory("sluice-docs-").FullName;
        foreach (var page in pages)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, page.Path))!);
            File.WriteAllText(Path.Combine(folder, page.Path), page.Text);
        }

        return folder;
    }
}
