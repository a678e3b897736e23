namespace EventPlatform.Browser.Tests;

/// <summary>That the page can be used by everybody, on whatever they have.</summary>
public sealed class EverybodyTests(Site site)
{
    private static readonly string Axe = Path.Combine(Repository.Root, "examples/event-platform/page/node_modules/axe-core/axe.min.js");

    // What stands in the way of a finger or needs to be scrolled sideways; links in running text may be smaller (WCAG 2.5.8).
    private const string TooSmall = """
        () => [
          ...[...document.querySelectorAll('a, button, summary, select, textarea, input:not([type=checkbox])')]
            .filter(e => e.checkVisibility() && !e.matches('.skip, p a, h2 a') && (e.getBoundingClientRect().height < 43.9 || e.getBoundingClientRect().width < 43.9))
            .map(e => `${e.tagName} ${e.textContent}`),
          ...(document.documentElement.scrollWidth > document.documentElement.clientWidth ? [`sideways: ${document.documentElement.scrollWidth}`] : []),
        ]
        """;

    private const string Violations = "async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} ${n.failureSummary}`))";

    public static TheoryData<string> Screens() => [.. Screen.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Screens))]
    public async Task No_page_is_against_the_rules_of_accessibility_or_wider_than_the_screen(string name)
    {
        Assert.SkipUnless(File.Exists(Axe), "axe-core is not here: `.ci/page` says why");
        await using var visitor = await site.VisitAsync(Screen.Of(name), bypassPolicy: true);
        var (organizer, guest) = (await site.Server.RegisterAsync("Olga"), await site.Server.RegisterAsync("Guest"));
        var (room, prize) = await organizer.OpenRoomAsync("A room with a very long title, as somebody will have one sooner or later: Donaudampfschifffahrtsgesellschaft", 3);
        await guest.PostAsync($"/rooms/{room}/join", new { });
        await organizer.PostAsync($"/rooms/{room}/prizes/{prize}/draw", new { });
        foreach (var path in (string[])["/", "/?status=COMPLETED&appId=none", "/sign-in", "/sign-up", "/forgotten-password", $"/rooms/{room}", "/rooms/nobody"])
        {
            await LookAsync(visitor, path);
        }

        await visitor.SignInAsync(organizer, "/");
        foreach (var path in (string[])["/?mine=true", "/new", $"/rooms/{room}"])
        {
            await LookAsync(visitor, path);
        }

        await visitor.KeepAsync($"{name}-organizer");
        await visitor.Id("cancel").ClickAsync();
        await visitor.KeepAsync($"{name}-question");
        await JudgeAsync(visitor, "the question before cancelling");
    }

    [Fact]
    public async Task A_keyboard_alone_signs_up_finds_a_room_and_joins()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        var organizer = await site.Server.RegisterAsync("Olga");
        var (room, _) = await organizer.OpenRoomAsync("Without a mouse");
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        await visitor.GoAsync("/?status=ACTIVE");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Without a mouse" })).ToBeVisibleAsync();
        await keys.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
        await TabToAsync(page, "Without a mouse");
        await keys.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Without a mouse");
        await Expect(page.Locator("h1")).ToBeFocusedAsync();
        await TabToAsync(page, "Sign in to join");
        await keys.PressAsync("Enter");
        await TabToAsync(page, "Sign up instead");
        await keys.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Sign up");
        foreach (var words in (string[])["Kay", $"kay-{Guid.NewGuid():n}@example.com", Person.Password])
        {
            await keys.PressAsync("Tab");
            await keys.TypeAsync(words);
        }

        await keys.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Without a mouse");
        Assert.EndsWith($"/rooms/{room}", page.Url, StringComparison.Ordinal);
        await Expect(visitor.Id("join")).ToBeVisibleAsync();
        await TabToAsync(page, "Join");
        await keys.PressAsync("Enter");
        await Expect(page.Locator(".ticket")).ToBeFocusedAsync();
        await Expect(visitor.Id("announcer")).ToHaveTextAsync("You are in. Your ticket 2");
    }

    [Fact]
    public async Task A_list_goes_on_page_by_page_and_the_focus_goes_with_it()
    {
        await using var visitor = await site.VisitAsync(Screen.Phone);
        await visitor.GoAsync("/");
        await visitor.Page.GetByText("Cancelled", new() { Exact = true }).First.ClickAsync();
        var rooms = visitor.Page.Locator("li.room");
        await Expect(rooms).ToHaveCountAsync(12);
        await visitor.KeepAsync("phone-rooms");
        await visitor.Id("more").ClickAsync();
        await Expect(rooms).ToHaveCountAsync(15);
        await Expect(rooms.Nth(12).Locator("a")).ToBeFocusedAsync();
        await Expect(visitor.Id("more")).Not.ToBeVisibleAsync();
        await visitor.Page.GoBackAsync();
        await Expect(visitor.Page.Locator("[aria-current=page]")).ToHaveTextAsync("All");
    }

    private static async Task LookAsync(Visitor visitor, string path)
    {
        await visitor.GoAsync(path);
        await Expect(visitor.Page.Locator("#main h1")).ToBeVisibleAsync();
        await Expect(visitor.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        await visitor.Page.EvaluateAsync("() => document.querySelectorAll('details:not([hidden])').forEach(d => d.open = true)");
        if (path.Contains("/rooms/c", StringComparison.Ordinal))
        {
            await Expect(visitor.Page.Locator(".proof")).ToBeVisibleAsync();
        }

        await JudgeAsync(visitor, path);
    }

    private static async Task JudgeAsync(Visitor visitor, string what)
    {
        await visitor.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
        Assert.True(await visitor.Page.EvaluateAsync<string[]>(Violations) is [], $"{what}: {string.Join("; ", await visitor.Page.EvaluateAsync<string[]>(Violations))}");
        Assert.True(await visitor.Page.EvaluateAsync<string[]>(TooSmall) is [], $"{what}: {string.Join("; ", await visitor.Page.EvaluateAsync<string[]>(TooSmall))}");
    }

    private static async Task TabToAsync(IPage page, string words)
    {
        for (var i = 0; i < 30; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>("() => document.activeElement.textContent") == words)
            {
                return;
            }
        }

        Assert.Fail($"thirty times Tab did not lead to {words}");
    }
}
