using System.Net;
using System.Text.Json;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Mail;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Lockout;

/// <summary>From which countries an account is signed in to, where somebody says so.</summary>
public sealed class CountryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_20_a_sign_in_from_a_new_country_is_told_listed_and_audited_by_password_and_by_provider()
    {
        await using var stub = await StubProvider.StartAsync();
        await using var at = await MailNode.StartAsync(o =>
        {
            stub.Use(o);
            o.TrustedProxies.Add("127.0.0.0/8");
            o.UseCountries(ip => ip.ToString() switch
            {
                "192.0.2.1" or "192.0.2.2" => "AT",
                "203.0.113.7" => "de",
                "203.0.113.8" => "CH",
                "198.51.100.1" => "nowhere",
                _ => null,
            });
        });
        From(at.Node, "192.0.2.1");
        var ada = await at.ConfirmedAsync();
        await at.Node.LoginAsync();

        // The same country from elsewhere is somewhere new, and no new country; one that nobody knows is none.
        await FromAsync("192.0.2.2");
        await FromAsync("198.51.100.1");
        await FromAsync("203.0.113.7");
        await FromAsync("203.0.113.7");
        From(at.Node, "203.0.113.8");
        await LinkingTests.SignInAsync(at.Node, stub, new StubAccount("1", MailNode.Ada));

        Assert.Equal("CH DE", await at.QueryAsync("SELECT string_agg(data ->> 'country', ' ' ORDER BY data ->> 'country') FROM notifications WHERE type = 'NEW_COUNTRY'"));
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM notifications WHERE type = 'NEW_SIGN_IN'"));
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'login_new_country'"));
        Assert.Equal(2L, await at.QueryAsync("SELECT count(*) FROM email_logs WHERE template = 'new-country'"));
        Assert.Equal(["-", "AT", "CH", "DE"], (await CountriesAsync(at.Node, ada)).Distinct().Order(StringComparer.Ordinal));

        async Task FromAsync(string ip)
        {
            From(at.Node, ip);
            await at.Node.LoginAsync();
        }
    }

    [Fact]
    public async Task A_host_that_fails_to_find_a_country_fails_no_right_password()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.UseCountries(_ => throw new InvalidOperationException("the database of addresses is gone")));

        var ada = await node.RegisterAsync();
        await node.LoginAsync();

        Assert.Equal(["-"], (await CountriesAsync(node, ada)).Distinct());
    }

    [Theory]
    [InlineData("127.0.0.0/8", "de", "DE")]
    [InlineData("127.0.0.0/8", "T1", "-")]
    [InlineData("127.0.0.0/8", "XX", "-")]
    [InlineData("127.0.0.0/8", "DE, AT", "-")]
    [InlineData("10.0.0.0/8", "DE", "-")]
    public async Task Bar_19_a_country_in_a_header_is_read_from_a_trusted_proxy_and_from_nobody_else(string proxies, string said, string expected)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.TrustedProxies.Add(proxies);
            o.CountryHeader = "CF-IPCountry";
        });
        node.Client.DefaultRequestHeaders.Add("CF-IPCountry", said);

        Assert.Equal([expected], await CountriesAsync(node, await node.RegisterAsync()));
    }

    [Fact]
    public async Task Where_nobody_says_it_no_country_is_asked_for_kept_or_listed()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.TrustedProxies.Add("127.0.0.0/8"));
        node.Client.DefaultRequestHeaders.Add("CF-IPCountry", "DE");
        var ada = await node.RegisterAsync();
        await node.LoginAsync();

        Assert.Equal(["-"], (await CountriesAsync(node, ada)).Distinct());
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM auth_attempts WHERE ip LIKE 'country:%'"));
    }

    private static void From(TestNode node, string ip)
    {
        node.Client.DefaultRequestHeaders.Remove("X-Forwarded-For");
        node.Client.DefaultRequestHeaders.Add("X-Forwarded-For", ip);
    }

    private static async Task<List<string>> CountriesAsync(TestNode node, SignedIn owner)
    {
        using var response = await node.SendAsync(HttpMethod.Get, "me/sessions", owner.Access);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        return [.. json.RootElement.GetProperty("sessions").EnumerateArray().Select(s => s.TryGetProperty("country", out var country) ? country.GetString()! : "-")];
    }
}
