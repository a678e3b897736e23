using System.Net;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Mail;

public sealed class LinkPageTests
{
    [Theory]
    [InlineData("email/verify")]
    [InlineData("password/reset")]
    [InlineData("me/email/confirm")]
    public async Task Bar_51_looking_at_a_link_uses_it_not_up_and_its_button_does(string path)
    {
        await using var at = await MailNode.StartAsync();
        var token = await TokenForAsync(at, path);

        for (var i = 0; i < 3; i++)
        {
            using var get = await at.Node.Client.GetAsync($"/auth/v1/{path}?token={token}");
            Assert.Equal(HttpStatusCode.OK, get.StatusCode);
            using var head = await at.Node.SendAsync(HttpMethod.Head, $"{path}?token={token}");
            Assert.NotEqual(HttpStatusCode.InternalServerError, head.StatusCode);
        }

        Assert.Equal((HttpStatusCode.OK, true), await PressAsync(at, path, token));
        Assert.Equal((HttpStatusCode.BadRequest, false), await PressAsync(at, path, token));
    }

    [Theory]
    [InlineData("email/verify", "en", "Confirm your address")]
    [InlineData("password/reset", "de", "Neues Passwort setzen")]
    [InlineData("me/email/confirm", "de", "Anderer Adresse zustimmen")]
    public async Task Bar_53_a_page_passes_its_address_on_to_nobody_and_is_valid_html(string path, string language, string title)
    {
        await using var at = await MailNode.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/auth/v1/{path}?token={RandomToken.New()}");
        request.Headers.AcceptLanguage.ParseAdd(language);

        using var page = await at.Node.Client.SendAsync(request);
        var html = await page.Content.ReadAsStringAsync();

        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("no-store", page.Headers.CacheControl?.ToString());
        Assert.Equal(language, page.Content.Headers.ContentLanguage.Single());
        Assert.Contains($"<h1>{title}</h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.Equal("", await MailServer.HtmlErrorsAsync(html));
    }

    [Fact]
    public async Task A_page_shows_nothing_of_what_is_no_token_and_keeps_the_link_for_a_better_password()
    {
        await using var at = await MailNode.StartAsync();
        using var wrong = await at.Node.Client.GetAsync("/auth/v1/password/reset?token=%22%3E%3Cscript%3E");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.DoesNotContain("script", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var token = await TokenForAsync(at, "password/reset");
        using var form = new FormUrlEncodedContent([new("token", token), new("newPassword", "short")]);
        using var weak = await at.Node.Client.PostAsync("/auth/v1/password/reset", form);
        var html = await weak.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);
        Assert.Contains("role=\"alert\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("short\"", html, StringComparison.Ordinal);
        Assert.Equal("", await MailServer.HtmlErrorsAsync(html));
        Assert.Equal((HttpStatusCode.OK, true), await PressAsync(at, "password/reset", token));
    }

    private static async Task<(HttpStatusCode Status, bool IsDone)> PressAsync(MailNode at, string path, string token)
    {
        using var form = new FormUrlEncodedContent([new("token", token), new("newPassword", MailNode.Fresh)]);
        using var response = await at.Node.Client.PostAsync($"/auth/v1/{path}", form);
        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        return (response.StatusCode, !html.Contains("too old", StringComparison.Ordinal));
    }

    private static async Task<string> TokenForAsync(MailNode at, string path)
    {
        if (path == "email/verify")
        {
            await at.RegisterAsync();
            return (await at.Server.NextAsync(MailNode.Ada)).Token;
        }

        var ada = await at.ConfirmedAsync();
        await (path == "password/reset" ? at.ForgotAsync() : at.PostAsync("me/email", new { newEmail = "ada@example.org", currentPassword = TestNode.Password }, ada.Access));
        return (await at.Server.NextAsync(MailNode.Ada, 2)).Token;
    }
}
