using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EventPlatform.Browser.Tests;

public sealed partial class RunTests(Site site)
{
    [Fact]
    public async Task Who_starts_with_run_signs_in_as_it_says_draws_a_winner_and_ends_it()
    {
        Assert.SkipWhen(site.IsMissing, Site.Missing);
        using var run = Process.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "run")) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() })!;
        try
        {
            var said = await SaidAsync(run);
            var (address, password) = (Address().Match(said).Groups[1].Value, Password().Match(said).Groups[1].Value);

            // Of what is there already somebody may have drawn everything.
            await using var organizer = await SignInAsync("omar@example.com");
            await organizer.GoAsync("/new");
            await organizer.Id("new-room-title").FillAsync("A room to try it");
            await organizer.Id("new-room-submit").ClickAsync();
            await organizer.Id("prize-name").FillAsync("Bicycle");
            await organizer.Id("prize-submit").ClickAsync();
            await organizer.Id("publish").ClickAsync();
            await Expect(organizer.Page.Locator("h1 + .pill")).ToHaveTextAsync("Open");

            await using var guest = await SignInAsync("pat@example.com");
            await guest.GoAsync(new Uri(organizer.Page.Url).AbsolutePath);
            await guest.Id("join").ClickAsync();
            await Expect(guest.Id("live")).ToHaveTextAsync("Live");
            await organizer.Page.GetByRole(AriaRole.Button, new() { Name = "Draw the winner" }).ClickAsync();
            await Expect(guest.Page.Locator(".news .words")).ToHaveTextAsync("You have won: Bicycle!");
            await Expect(guest.Page.Locator(".news .checked")).ToHaveTextAsync("Verified by your browser.");

            async Task<Visitor> SignInAsync(string identifier)
            {
                var visitor = await site.VisitAsync(Screen.Desktop, address: address);
                await visitor.GoAsync("/sign-in");
                await visitor.Id("sign-in-identifier").FillAsync(identifier);
                await visitor.Id("sign-in-password").FillAsync(password);
                await visitor.Id("sign-in-submit").ClickAsync();
                await Expect(visitor.Id("sign-out")).ToBeVisibleAsync();
                return visitor;
            }
        }
        finally
        {
            using var end = Process.Start("kill", ["-INT", run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await run.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Equal(0, run.ExitCode);
    }

    private static async Task<string> SaidAsync(Process run)
    {
        var said = "";
        while (await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said += line + "\n";
            if (line.Contains("./sluice --help", StringComparison.Ordinal))
            {
                _ = run.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return said;
            }
        }

        throw new InvalidOperationException($"./run ended: {said}");
    }

    [GeneratedRegex(@"The event platform is at\s+(\S+)")]
    private static partial Regex Address();

    [GeneratedRegex(@"the password\s+(\S+)")]
    private static partial Regex Password();
}
