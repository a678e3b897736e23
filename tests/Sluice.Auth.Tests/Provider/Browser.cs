using System.Net;
using System.Text.RegularExpressions;
using System.Web;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Provider;

/// <summary>What a person's browser does: keeps cookies, shows pages, sends their forms; it follows no redirect to an application, which is the test.</summary>
internal sealed partial class Browser(TestNode node) : IDisposable
{
    private readonly HttpClient client = node.NewClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    public async Task<Seen> OpenAsync(string address) => await SendAsync(new HttpRequestMessage(HttpMethod.Get, address), address);

    /// <summary>Presses a button of the page that was seen.</summary>
    public async Task<Seen> PressAsync(Seen page, string button, params (string Name, string Value)[] typed) => await SendAsync(Form(page, button, typed), page.Address);

    public static HttpRequestMessage Form(Seen page, string button, params (string Name, string Value)[] typed)
    {
        Assert.Contains($"name=\"step\" value=\"{button}\"", page.Html, StringComparison.Ordinal);
        var action = WebUtility.HtmlDecode(Action().Match(page.Html).Groups[1].Value);
        var hidden = Hidden().Matches(page.Html).Select(m => KeyValuePair.Create(m.Groups[1].Value, WebUtility.HtmlDecode(m.Groups[2].Value)));
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri("http://node" + page.Address), action).PathAndQuery)
        {
            Content = new FormUrlEncodedContent([.. hidden, KeyValuePair.Create("step", button), .. typed.Select(t => KeyValuePair.Create(t.Name, t.Value))]),
        };
        request.Headers.Add("Origin", "null");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return request;
    }

    public async Task<Seen> SendAsync(HttpRequestMessage request, string address)
    {
        using (request)
        {
            if (Cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
            }

            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                // As a browser takes those of `__Host-`: never without.
                Assert.Matches("^__Host-[a-z-]+=.*; path=/; secure; samesite=lax; httponly$", Age().Replace(cookie, ""));
                var (name, value) = cookie.Split(';')[0].Split('=', 2) is [var n, var v] ? (n, v) : throw new InvalidOperationException(cookie);
                if (cookie.Contains("max-age=0;", StringComparison.Ordinal))
                {
                    Cookies.Remove(name);
                }
                else
                {
                    Cookies[name] = value;
                }
            }

            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True((int)response.StatusCode < 500, html);
            return new Seen(response.StatusCode, address, html, response.Headers.Location?.OriginalString, response.Headers.TryGetValues("Content-Security-Policy", out var csp) ? csp.Single() : "");
        }
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();

    [GeneratedRegex("max-age=\\d+; ")]
    private static partial Regex Age();
}

/// <summary>A page, or where it leads.</summary>
internal sealed record Seen(HttpStatusCode Status, string Address, string Html, string? Location, string Policy)
{
    /// <summary>What the application is told in the address that the browser is led to.</summary>
    public string? Told(string name)
    {
        Assert.True(Location is not null, Html);
        return HttpUtility.ParseQueryString(new Uri(Location).Query)[name];
    }
}
