using System.Net;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Xunit;

namespace Sluice.Auth.Tests.Lockout;

/// <summary>Item 19 of the security bar: who is counted, and how.</summary>
public sealed class ClientsTests
{
    [Theory]
    [InlineData("203.0.113.7", "198.51.100.1", "203.0.113.7")] // no proxy of ours: what it says of others is nothing
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1")] // the left end is the client's own invention
    [InlineData("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1")]
    [InlineData("10.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    [InlineData("10.0.0.1", "[2001:db8::5]:4711", "2001:db8::5")]
    [InlineData("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1")]
    public void Bar_19_X_Forwarded_For_is_read_from_the_right_as_far_as_proxies_are_trusted(string peer, string header, string client) =>
        Assert.Equal(IPAddress.Parse(client), new TrustedProxies(["10.0.0.0/8", "fd00::1"]).Client(IPAddress.Parse(peer), [header]));

    [Fact]
    public void Bar_19_without_trusted_proxies_the_peer_is_the_client() =>
        Assert.Equal(IPAddress.Parse("10.0.0.1"), new TrustedProxies([]).Client(IPAddress.Parse("10.0.0.1"), ["198.51.100.1"]));

    [Theory]
    [InlineData("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64")]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData(null, "unknown")]
    public void Bar_19_an_IPv6_client_is_its_whole_64(string? ip, string key) => Assert.Equal(key, ClientKey.Of(ip));

    [Fact]
    public async Task Bar_19_two_nodes_share_an_allowance_and_a_refusal_says_when_to_come_back()
    {
        await using var database = await OperationNode.DatabaseAsync();
        var clock = new MovableClock();
        await using var one = new OperationNode(database, clock);
        await using var two = new OperationNode(database, clock);
        var limit = new RateLimit(10, TimeSpan.FromSeconds(60));

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            (i % 2 == 0 ? one : two).Get<RateLimits>().TakeAsync("login", "203.0.113.7", limit, TestContext.Current.CancellationToken)));

        Assert.Equal(10, answers.Count(a => a is null));
        Assert.All(answers.Where(a => a is not null), a => Assert.Equal((429, 6), (a!.Status, a.RetryAfterSeconds)));
        Assert.Null(await one.Get<RateLimits>().TakeAsync("login", "198.51.100.1", limit, TestContext.Current.CancellationToken));
        clock.Move(TimeSpan.FromSeconds(6));
        Assert.Null(await two.Get<RateLimits>().TakeAsync("login", "203.0.113.7", limit, TestContext.Current.CancellationToken));
        Assert.NotNull(await two.Get<RateLimits>().TakeAsync("login", "203.0.113.7", limit, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Bar_18_a_device_cookie_is_good_for_its_account_its_time_and_as_it_was_made()
    {
        var options = new SluiceAuthOptions { Secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" };
        var cookies = new DeviceCookie(options);
        var now = new MovableClock().GetUtcNow();
        var cookie = cookies.Issue("ada@example.com", now);

        Assert.NotNull(cookies.Read("Ada@example.com", cookie, now));
        Assert.Null(cookies.Read("bob@example.com", cookie, now));
        Assert.Null(cookies.Read("ada@example.com", cookie, now + options.Lockout.KnownFor));
        Assert.Null(cookies.Read("ada@example.com", "A" + cookie, now));
        Assert.Null(cookies.Read("ada@example.com", cookie + "A", now));
        Assert.Null(cookies.Read("ada@example.com", "..", now));
        Assert.Null(cookies.Read("ada@example.com", null, now));
        Assert.Null(new DeviceCookie(new SluiceAuthOptions { Secret = "another" }).Read("ada@example.com", cookie, now));
    }

    [Fact]
    public void Limits_that_cannot_be_meant_are_refused_with_what_to_set()
    {
        var options = new SluiceAuthOptions { TrustedProxies = { "10.0.0.0/8", "proxy" } };
        options.Lockout.FailuresPerAccount = 101;
        options.RateLimits.SignInsPerName = new RateLimit(5, TimeSpan.Zero);

        var problems = LimitsCheck.Problems(options).ToList();

        Assert.Equal(3, problems.Count);
        Assert.Contains(problems, p => p.Contains("`proxy`", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("101 for an account", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("RateLimits.SignInsPerName", StringComparison.Ordinal));
    }
}
