using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Auth.Identities;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Identities;

/// <summary>A browser with its cookies, and the application in it with its verifier. Our address is the issuer's, as it is outside.</summary>
internal sealed class Browser(TestNode node) : IDisposable
{
    public const string App = "https://app.example.com/signed-in";

    private readonly HttpClient client = node.NewClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Dictionary<string, string> cookies = [];

    /// <summary>The application's own.</summary>
    public string Verifier { get; set; } = RandomToken.New();

    /// <summary>What our node has set; null for none.</summary>
    public string? Cookie { get; set; }

    public static string Callback(string provider) => $"{TestNode.Issuer}/auth/v1/oauth/{provider}/callback";

    /// <summary>The way to the provider.</summary>
    public async Task<Uri> StartAsync(string provider, string redirectUri = App, string? state = null)
    {
        var query = new Dictionary<string, string?> { ["redirectUri"] = redirectUri, ["codeChallenge"] = CodeChallenge.Of(Verifier), ["state"] = state };
        using var response = await GetAsync(QueryHelpers.AddQueryString($"/auth/v1/oauth/{provider}/start", query.Where(q => q.Value is not null)));
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return response.Headers.Location!;
    }

    /// <summary>Signs in there, and is sent back.</summary>
    /// <returns>Our own address with what the provider has put into it.</returns>
    public async Task<Uri> AtProviderAsync(Uri address, string? account)
    {
        for (var i = 0; i < 10; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
            if (account is not null)
            {
                request.Headers.Add("x-account", account);
            }

            using var response = await client.SendAsync(request);
            Assert.True(response.Headers.Location is not null, $"{address}: {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                var pair = cookie.Split(';')[0].Split('=', 2);
                cookies[pair[0]] = pair[1];
            }

            address = new Uri(address, response.Headers.Location!);
            if (address.AbsoluteUri.StartsWith(TestNode.Issuer, StringComparison.Ordinal))
            {
                return address;
            }
        }

        throw new InvalidOperationException("The provider sends the browser in circles.");
    }

    /// <summary>At our address again.</summary>
    public Task<HttpResponseMessage> ReturnAsync(Uri back) => GetAsync(back.PathAndQuery);

    /// <summary>The same, to where the application is: its query.</summary>
    public async Task<Dictionary<string, string>> LandAsync(Uri back)
    {
        using var response = await ReturnAsync(back);
        var said = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Found, $"{response.StatusCode}: {said}");
        Assert.StartsWith(App, response.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        return QueryHelpers.ParseQuery(response.Headers.Location.Query).ToDictionary(q => q.Key, q => q.Value.ToString());
    }

    public Task<HttpResponseMessage> ExchangeAsync(string code) => node.PostAsync("oauth/exchange", new { code, codeVerifier = Verifier });

    public async Task<SignedIn> SessionAsync(string code) => await SignedIn.OfAsync(await ExchangeAsync(code), HttpStatusCode.OK);

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Client.BaseAddress!, path));
        if (Cookie is { } cookie)
        {
            request.Headers.Add("Cookie", $"{AttemptCookie.Name}={cookie}");
        }

        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }

        var response = await client.SendAsync(request);
        if (response.Headers.TryGetValues("Set-Cookie", out var set) && set.SingleOrDefault(c => c.StartsWith(AttemptCookie.Name, StringComparison.Ordinal)) is { } mine)
        {
            Cookie = mine.Split(';')[0].Split('=', 2)[1] is { Length: > 0 } value ? value : null;
        }

        return response;
    }

    public static async Task<string> CodeOfAsync(HttpResponseMessage refused)
    {
        using (refused)
        {
            using var json = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
            return $"{(int)refused.StatusCode} {json.RootElement.GetProperty("code").GetString()}";
        }
    }

    public void Dispose() => client.Dispose();
}
