using System.Text.RegularExpressions;

namespace EventPlatform.Browser.Tests;

public sealed class WatchingADrawTests(Site site)
{
    public static TheoryData<string> Screens() => [.. Screen.All.Select(s => s.Name)];

    [Theory, MemberData(nameof(Screens))]
    public async Task Who_signs_up_and_joins_sees_the_draw_arrive_and_verified(string name)
    {
        var screen = Screen.Of(name);
        await using var organizer = await site.VisitAsync(Screen.Desktop);
        await organizer.SignUpAsync("Olga", "/new");
        await organizer.Id("new-room-title").FillAsync($"Summer gala on {name}");
        await organizer.Id("new-room-description").FillAsync("On the meadow behind the town hall");
        await organizer.Id("new-room-submit").ClickAsync();
        await organizer.Id("prize-name").FillAsync("Bicycle");
        await organizer.Id("prize-submit").ClickAsync();
        await Expect(organizer.Page.Locator(".prizes h3")).ToHaveTextAsync("Bicycle");
        await organizer.KeepAsync($"{name}-draft");
        await organizer.Id("publish").ClickAsync();
        await Expect(organizer.Page.Locator("h1 + .pill")).ToHaveTextAsync("Open");
        var room = new Uri(organizer.Page.Url).AbsolutePath;

        await using var visitor = await site.VisitAsync(screen);
        await visitor.GoAsync("/");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = $"Summer gala on {name}" }).ClickAsync();
        await Expect(visitor.Page.Locator("h1")).ToBeFocusedAsync();
        await visitor.KeepAsync($"{name}-room");
        await visitor.Id("join").ClickAsync();
        await visitor.Page.GetByText("Sign up instead").ClickAsync();
        await visitor.KeepAsync($"{name}-sign-up");
        await visitor.SignUpAsync("Wanda", room);
        await visitor.Id("join").ClickAsync();
        await Expect(visitor.Page.Locator(".ticket")).ToHaveTextAsync("Your ticket 2");
        await Expect(visitor.Page.Locator(".ticket")).ToBeFocusedAsync();
        await Expect(visitor.Id("live")).ToHaveTextAsync("Live");
        await Expect(organizer.Page.GetByText("2 people")).ToBeVisibleAsync();

        await organizer.Page.GetByRole(AriaRole.Button, new() { Name = "Draw the winner" }).ClickAsync();
        await Expect(visitor.Page.Locator(".news .words")).ToHaveTextAsync("You have won: Bicycle!");
        await Expect(visitor.Id("announcer")).ToHaveTextAsync("You have won: Bicycle!");
        await Expect(visitor.Page.Locator(".news .checked")).ToHaveTextAsync("Verified by your browser.");
        await Expect(organizer.Page.Locator(".news .words")).ToHaveTextAsync("Bicycle goes to Wanda.");

        await visitor.Page.Locator(".fair summary").ClickAsync();
        await Expect(visitor.Page.Locator(".proof")).ToContainTextAsync("Your browser had noted the promise");
        await visitor.KeepAsync($"{name}-won");
        await visitor.Page.Locator(".who summary").ClickAsync();
        await Expect(visitor.Page.Locator(".people li")).ToHaveCountAsync(2);

        await organizer.Id("complete").ClickAsync();
        await organizer.Id("agree").ClickAsync();
        await Expect(visitor.Page.Locator("h1 + .pill")).ToHaveTextAsync("Completed");
    }

    [Fact]
    public async Task What_was_drawn_while_the_server_was_away_is_shown_when_it_is_back()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await using var first = await Server.StartAsync(site.DatabaseUrl);
        var (organizer, guest) = (await first.RegisterAsync("Olga"), await first.RegisterAsync("Guest"));
        var (room, prize) = await organizer.OpenRoomAsync("Thunderstorm");
        await guest.PostAsync($"/rooms/{room}/join", new { });
        await visitor.GoAsync($"{first.Address}/rooms/{room}");
        await Expect(visitor.Id("live")).ToHaveTextAsync("Live");
        await first.KillAsync();
        await Expect(visitor.Id("live")).ToHaveTextAsync("Reconnecting…");

        await (organizer with { At = site.Server }).PostAsync($"/rooms/{room}/prizes/{prize}/draw", new { });
        await using var again = await Server.StartAsync(site.DatabaseUrl, first.Port);
        await Expect(visitor.Page.Locator(".news .words")).ToHaveTextAsync("Bicycle goes to Guest.");
        await Expect(visitor.Id("live")).ToHaveTextAsync("Live");
    }

    [Fact]
    public async Task A_seed_that_was_not_promised_does_not_verify()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        var (organizer, guest) = (await site.Server.RegisterAsync("Olga"), await site.Server.RegisterAsync("Guest"));
        var (room, prize) = await organizer.OpenRoomAsync("Crooked");
        await guest.PostAsync($"/rooms/{room}/join", new { });
        // A platform that cheats: it says another seed than it had promised.
        await visitor.Page.RouteAsync("**/draws?*", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new() { Response = answer, Body = Regex.Replace(await answer.TextAsync(), "(?<=\"seed\":\")[0-9a-f]{8}", "0badc0de") });
        });
        await visitor.GoAsync($"/rooms/{room}");
        await Expect(visitor.Id("live")).ToHaveTextAsync("Live");
        await organizer.PostAsync($"/rooms/{room}/prizes/{prize}/draw", new { });
        await Expect(visitor.Page.Locator(".news .checked")).ToHaveTextAsync("This draw does not verify: its seed is not the one that was promised.");
    }
}
