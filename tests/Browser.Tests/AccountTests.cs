using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EventPlatform.Browser.Tests;

public sealed class AccountTests(Site site)
{
    [Fact]
    public async Task A_refusal_stands_beside_the_field_that_it_is_about_and_has_the_focus()
    {
        await using var visitor = await site.VisitAsync(Screen.Phone);
        var known = await site.Server.RegisterAsync("Known");
        await visitor.GoAsync("/sign-in");
        await visitor.Id("sign-in-submit").ClickAsync();
        await Expect(visitor.Id("sign-in-identifier")).ToBeFocusedAsync();
        await Expect(visitor.Id("sign-in-identifier-error")).Not.ToBeEmptyAsync();
        await visitor.Id("sign-in-identifier").FillAsync(known.Address);
        await visitor.Id("sign-in-password").FillAsync("another evening elsewhere");
        await visitor.Id("sign-in-submit").ClickAsync();
        await Expect(visitor.Id("sign-in-password-error")).ToHaveTextAsync("The name or the password is not right.");
        await Expect(visitor.Id("sign-in-password")).ToBeFocusedAsync();
        await Expect(visitor.Id("sign-in-password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(visitor.Id("sign-in-identifier-error")).ToBeEmptyAsync();
        await visitor.KeepAsync("phone-refused");

        await visitor.GoAsync("/sign-up");
        await visitor.Id("sign-up-displayName").FillAsync("Known");
        await visitor.Id("sign-up-email").FillAsync(known.Address);
        await visitor.Id("sign-up-password").FillAsync("short");
        await visitor.Id("sign-up-submit").ClickAsync();
        await Expect(visitor.Id("sign-up-password-error")).Not.ToBeEmptyAsync();
        await visitor.Id("sign-up-password").FillAsync(Person.Password);
        await visitor.Id("sign-up-submit").ClickAsync();
        await Expect(visitor.Id("sign-up-email-error")).Not.ToBeEmptyAsync();
    }

    [Fact]
    public async Task A_session_outlives_the_page_without_a_token_that_a_script_could_read()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.SignInAsync(await site.Server.RegisterAsync("Stays"), "/");
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Page.Locator(".me")).ToHaveTextAsync("Stays");
        var readable = await visitor.Page.EvaluateAsync<string>("() => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)");
        Assert.Equal("""{"event-platform.signed-in":"yes"}{}""", readable);
        var refresh = Assert.Single(await visitor.Page.Context.CookiesAsync(), c => c.Name == "__Host-sluice-refresh");
        Assert.True(refresh is { HttpOnly: true, Secure: true, SameSite: SameSiteAttribute.Strict });

        var other = await visitor.Page.Context.NewPageAsync();
        await other.GotoAsync("/");
        await Expect(other.Locator(".me")).ToHaveTextAsync("Stays");
        await visitor.Id("sign-out").ClickAsync();
        await Expect(other.Locator("#to-sign-in")).ToBeVisibleAsync();
        await visitor.Page.ReloadAsync();
        await Expect(visitor.Id("to-sign-in")).ToBeVisibleAsync();
        Assert.DoesNotContain(await visitor.Page.Context.CookiesAsync(), c => c.Name == "__Host-sluice-refresh");
    }

    [Fact]
    public async Task Who_cannot_be_signed_out_is_told_so_and_may_try_again()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.SignInAsync(await site.Server.RegisterAsync("Leaves"), "/");
        await visitor.Page.RouteAsync("**/logout", route => route.AbortAsync());
        await visitor.Id("sign-out").ClickAsync();
        await Expect(visitor.Id("not-signed-out")).ToHaveTextAsync("You are still signed in. The platform does not answer. Check the connection and try again.");
        await visitor.Page.UnrouteAsync("**/logout");
        await visitor.Id("sign-out").ClickAsync();
        await Expect(visitor.Id("to-sign-in")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/rooms/ABC"), InlineData("/rooms/a-b")]
    public async Task An_address_that_leads_nowhere_says_so(string path)
    {
        await using var visitor = await site.VisitAsync(Screen.Phone);
        await visitor.GoAsync(path);
        await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync("There is no such page");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "To the rooms" }).ClickAsync();
        await Expect(visitor.Page.Locator("h1")).Not.ToHaveTextAsync("There is no such page");
    }

    [Fact]
    public async Task Who_has_a_second_factor_is_asked_for_it()
    {
        await using var visitor = await site.VisitAsync(Screen.Phone);
        var careful = await site.Server.RegisterAsync("Careful");
        var factor = await careful.SendAsync(HttpMethod.Post, "/auth/v1/me/factors", new { });
        var secret = FromBase32((string)factor["secret"]!);
        var step = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;
        await careful.SendAsync(HttpMethod.Post, $"/auth/v1/me/factors/{factor["id"]}/activate", new { code = Code(secret, step - 1) });

        await visitor.GoAsync("/sign-in");
        await visitor.Id("sign-in-identifier").FillAsync(careful.Address);
        await visitor.Id("sign-in-password").FillAsync(Person.Password);
        await visitor.Id("sign-in-submit").ClickAsync();
        await Expect(visitor.Id("second-factor-code")).ToBeFocusedAsync();
        await visitor.Id("second-factor-code").FillAsync("1");
        await visitor.Id("second-factor-submit").ClickAsync();
        await Expect(visitor.Id("second-factor-code-error")).ToHaveTextAsync("The code is not right, or came too late.");
        await visitor.KeepAsync("phone-second-factor");
        await visitor.Id("second-factor-code").FillAsync(Code(secret, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30));
        await visitor.Id("second-factor-submit").ClickAsync();
        await Expect(visitor.Id("sign-out")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_address_in_then_leads_nowhere_else()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.SignInAsync(await site.Server.RegisterAsync("Wary"), "https://example.com/");
        Assert.Equal(site.Server.Address + "/", visitor.Page.Url);
    }

    [Fact]
    public async Task Where_no_mail_is_sent_a_forgotten_password_says_so()
    {
        await using var visitor = await site.VisitAsync(Screen.Desktop);
        await visitor.GoAsync("/sign-in");
        await visitor.Page.GetByText("Forgotten your password?").ClickAsync();
        await visitor.Id("forgotten-email").FillAsync("ada@example.com");
        await visitor.Id("forgotten-submit").ClickAsync();
        await Expect(visitor.Page.Locator(".form-error")).ToHaveTextAsync("This platform sends no mail. Ask who runs it.");
    }

    private static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var value = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (value % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] FromBase32(string text)
    {
        var (bytes, buffer, bits) = (new List<byte>(), 0, 0);
        foreach (var letter in text)
        {
            (buffer, bits) = ((buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), bits + 5);
            if (bits >= 8)
            {
                bytes.Add((byte)(buffer >> (bits -= 8)));
                buffer &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}
