using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.AllowList;
using Sluice.Auth.Mail;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Provider;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Tokens;

/// <summary>Every kind of token there is, offered at every place that takes one.</summary>
public sealed class TokenKindsTests
{
    private static readonly Lazy<Task<House>> One = new(House.BuildAsync);

    // Where each is at home; revoking ends it, so that is the last.
    private static readonly (string Kind, string[] Home)[] Homes =
    [
        ("access token of a user", ["our routes", "the application's routes", "introspection"]),
        ("access token of a client of our own", ["our routes", "the application's routes", "userinfo", "introspection"]),
        ("access token of another's client", ["userinfo", "introspection", "revocation"]),
        ("access token of a client without a user", ["the application's routes", "introspection"]),
        ("id token", ["signing out"]),
        ("refresh token of a user", ["introspection", "refresh"]),
        ("refresh token of a client", ["introspection", "refresh of a client", "revocation"]),
        ("session of a browser", ["the browser's cookie"]),
        ("authorization code", ["code of a client"]),
        ("code of a provider's sign-in", ["exchange"]),
        ("challenge of a second factor", ["second factor"]),
        ("link that confirms an address", ["confirming"]),
        ("link that sets a password", ["reset"]),
        ("link that changes an address", ["agreeing"]),
        ("invitation", ["accepting"]),
    ];

    public static TheoryData<string> Kinds => [.. Homes.Select(h => h.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bar_25_a_token_is_refused_everywhere_but_at_home_and_is_none_the_worse_for_it(string kind)
    {
        var house = await One.Value;
        var home = Homes.Single(h => h.Kind == kind).Home;
        var token = await house.NewAsync(kind);

        foreach (var (place, offer) in house.Places.Where(p => !home.Contains(p.Key)))
        {
            Assert.False(await offer(token), $"{kind} is taken for {place}");
        }

        foreach (var place in home)
        {
            Assert.True(await house.Places[place](token), $"{kind} is refused for {place}");
        }
    }

    [Fact]
    public async Task Every_place_is_somebodys_home()
    {
        Assert.Equal((await One.Value).Places.Keys.Order(StringComparer.Ordinal), Homes.SelectMany(h => h.Home).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>One node with everything; it ends with the process.</summary>
    private sealed class House(TestDatabase database, TestNode node, StubProvider stub, Mailbox mails, App app, Application own, Application shop)
    {
        private readonly string verifier = RandomToken.New();

        /// <summary>Whether a place takes a token for its own.</summary>
        public Dictionary<string, Func<string, Task<bool>>> Places => new(StringComparer.Ordinal)
        {
            ["our routes"] = t => IsOkAsync(node.SendAsync(HttpMethod.Get, "me", t)),
            ["the application's routes"] = t => IsOkAsync(node.SendAsync(HttpMethod.Get, "/mine", t)),
            ["userinfo"] = t => IsOkAsync(node.SendAsync(HttpMethod.Get, "oauth2/userinfo", t)),
            ["introspection"] = async t => (await new Application(node, "service", own.Secret, "").PostAsync("token/introspect", ("token", t))).Members["active"].GetBoolean(),
            ["signing out"] = t => IsOkAsync(node.SendAsync(HttpMethod.Get, $"oauth2/end-session?id_token_hint={Uri.EscapeDataString(t)}")),
            ["the browser's cookie"] = async t =>
            {
                using var browser = new Provider.Browser(node);
                browser.Cookies["__Host-sluice-session"] = t;
                return (await browser.OpenAsync(own.Address(("prompt", "none")))).Told("code") is not null;
            },
            ["code of a client"] = async t => (await shop.ExchangeAsync(t)).Status == HttpStatusCode.OK,
            ["exchange"] = t => IsOkAsync(node.PostAsync("oauth/exchange", new { code = t, codeVerifier = verifier })),
            ["second factor"] = t => IsOkAsync(app.AnswerAsync(t, app.Code())),
            ["confirming"] = t => IsOkAsync(node.PostAsync("email/verify", new { token = t })),
            ["reset"] = t => IsOkAsync(node.PostAsync("password/reset", new { token = t, newPassword = "another evening, elsewhere" })),
            ["agreeing"] = t => IsOkAsync(node.PostAsync("me/email/confirm", new { token = t })),
            ["accepting"] = t => IsOkAsync(node.PostAsync("invitations/accept", new { token = t, password = TestNode.Password })),
            ["refresh"] = t => IsOkAsync(node.PostAsync("token/refresh", new { refreshToken = t })),
            ["refresh of a client"] = async t => (await shop.RefreshAsync(t)).Status == HttpStatusCode.OK,
            // What it answers to strangers is the same whatever it was: what counts is whether anything has ended.
            ["revocation"] = async t =>
            {
                var before = await EndedAsync();
                await shop.PostAsync("token/revoke", ("token", t));
                return before != await EndedAsync();
            },
        };

        public static async Task<House> BuildAsync()
        {
            var (database, stub, mails, clock) = (await TestNode.NewDatabaseAsync(), await StubProvider.StartAsync(), new Mailbox(), new MovedClock());
            var node = await TestNode.StartAsync(
                database,
                o =>
                {
                    Application.Configure(o);
                    stub.Use(o);
                    Mailbox.Use(o);
                },
                clock,
                host: h => h.Services.AddSingleton<IMailSender>(mails));
            var app = await App.NewAsync(node, clock);
            // The code that activated it does not count a second time.
            app.NextCode();
            return new House(database, node, stub, mails, app, Application.Own(node), Application.Shop(node));
        }

        public async Task<string> NewAsync(string kind)
        {
            var email = $"{Guid.NewGuid():N}@example.com";
            using var browser = new Provider.Browser(node);
            using var other = new Identities.Browser(node) { Verifier = verifier };
            return kind switch
            {
                "access token of a user" => (await node.RegisterAsync(email)).Access,
                "refresh token of a user" => (await node.RegisterAsync(email)).Refresh,
                "access token of a client of our own" => (await GrantedAsync(own)).Access,
                "access token of another's client" => (await GrantedAsync(shop)).Access,
                "refresh token of a client" => (await GrantedAsync(shop)).Refresh,
                "id token" => (await GrantedAsync(shop)).Text("id_token"),
                "session of a browser" => (await GrantedAsync(own), browser.Cookies["__Host-sluice-session"]).Item2,
                "access token of a client without a user" => (await new Application(node, "nightly", own.Secret, "").TokenAsync(("grant_type", "client_credentials"))).Access,
                "authorization code" => (await node.RegisterAsync(email), await shop.CodeAsync(browser, email)).Item2,
                "code of a provider's sign-in" => (await other.LandAsync(stub.Admit(await other.StartAsync("stub"), new StubAccount(email, email))))["code"],
                "challenge of a second factor" => await app.ChallengeAsync(),
                "link that confirms an address" => (await node.RegisterAsync(email), await mails.TokenAsync(email, "email/verify")).Item2,
                "link that sets a password" => await MailedAsync("password/forgot", new { email }, email, "password/reset"),
                "link that changes an address" => await MailedAsync("me/email", new { newEmail = $"new-{email}", currentPassword = TestNode.Password }, $"new-{email}", "me/email/confirm"),
                "invitation" => (await node.Get<AllowListAdministration>().InviteAsync(email), await mails.TokenAsync(email, "invitations/accept")).Item2,
                _ => throw new ArgumentException(kind),
            };

            async Task<Granted> GrantedAsync(Application client)
            {
                await node.RegisterAsync(email);
                return await client.SignInAsync(browser, email);
            }

            async Task<string> MailedAsync(string path, object body, string to, string link)
            {
                using var asked = await node.PostAsync(path, body, (await node.RegisterAsync(email)).Access);
                Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
                return await mails.TokenAsync(to, link);
            }
        }

        private async Task<string> EndedAsync() => (string)(await database.QueryAsync("SELECT concat((SELECT count(*) FROM token_blacklist), ' ', (SELECT count(*) FROM sessions))"))!;

        private static async Task<bool> IsOkAsync(Task<HttpResponseMessage> asking)
        {
            using var response = await asking;
            Assert.True((int)response.StatusCode < 500, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return (int)response.StatusCode < 400;
        }
    }
}
