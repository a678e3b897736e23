using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Identities;
using Sluice.Auth.Mail;
using Sluice.Auth.Metrics;
using Sluice.Auth.Tests.Administration;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Provider;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Web;

/// <summary>Secrets go through every route, and are looked for in everything that is kept of it.</summary>
[Collection(nameof(Alone))]
public sealed partial class CanaryTests
{
    private const string Password = "kanarie vogel im bergwerk 7719";
    private const string Wrong = "kanarie falsch im bergwerk 7720";
    private const string Fresh = "kanarie zweiter im bergwerk 7721";
    private const string MailSecret = "kanarie meldet post zurueck 7722";
    private const string Ada = "ada@example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_64_no_secret_is_in_logs_traces_metrics_tables_or_what_the_server_shows_of_a_query()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var (clock, seen, mails) = (new MovedClock(), new ConcurrentQueue<string>(), new Mails());
        using var traces = Listen(seen);
        await using var stub = await StubProvider.StartAsync();
        var clientSecret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await using var node = await TestNode.StartAsync(
            database,
            o =>
            {
                o.AutoConfirm = true;
                stub.Use(o);
                o.RateLimits.MailsPerClient = default;
                (o.Mail.From, o.Mail.LinkBase, o.Mail.HasOwnSender, o.Mail.BounceSecret) = ("auth@example.com", "https://app.example.com", true, MailSecret);
                o.Clients.Add(new() { Id = "service", SecretSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clientSecret))), RedirectUris = { "https://shop.example.com/signed-in" } });
            },
            clock,
            host: h =>
            {
                h.Services.AddSingleton<IMailSender>(mails);
                // ASP.NET Core writes the query of an address at Information, and a link in a mail has its token there: the server switches it off.
                h.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning).AddProvider(new Log(seen));
            });
        _ = node.Get<MetricsText>();

        var secrets = await StoryAsync(node, clock, mails, clientSecret);
        Assert.True(node.AuthEndpoints.Count >= 30, $"{node.AuthEndpoints.Count} routes");
        secrets.AddRange(await ProvidersAsync(node, stub));
        secrets.AddRange(await new EveryRoute(node, () => Staff.AdministratorAsync(node, database, $"{Guid.NewGuid():N}@example.com"), "service", clientSecret, MailSecret).AskAsync());
        seen.Enqueue(node.Get<MetricsText>().Write());
        await DumpAsync(database, seen);

        var text = string.Join('\n', seen);
        Assert.Contains("Executing", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Ada, text, StringComparison.Ordinal);
        Assert.Contains("sluice_auth_events_total", text, StringComparison.Ordinal);
        // What a client typed moves no cursor.
        Assert.DoesNotContain('\u001b', text);
        foreach (var secret in secrets.Concat([Password, Wrong, Fresh, MailSecret, clientSecret, TestNode.Secret, TestNode.Password]).Distinct())
        {
            foreach (var spelling in new[] { secret, Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='), Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)) })
            {
                var at = text.IndexOf(spelling, StringComparison.Ordinal);
                Assert.True(at < 0, at < 0 ? "" : $"{secret} is in …{text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)]}");
            }
        }
    }

    // What works, so that real tokens are made, used, replaced and refused.
    private static async Task<List<string>> StoryAsync(TestNode node, MovedClock clock, Mails mails, string clientSecret)
    {
        using var registering = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/register") { Content = JsonContent.Create(new { email = Ada, password = Password, username = "ada" }) };
        registering.Headers.Add("Idempotency-Key", "canary-story");
        var first = await SignedIn.OfAsync(await node.Client.SendAsync(registering, Cancellation), HttpStatusCode.Created);
        var second = await node.LoginAsync(Ada, Password);
        var third = await node.RefreshAsync(second.Refresh);
        var fourth = await node.RefreshAsync(third.Refresh);
        await node.TryRefreshAsync(second.Refresh);
        await node.PostAsync("login", new { identifier = Ada, password = Wrong });
        await node.PostAsync("login", new { identifier = "\u001b[31m\r\n" + Wrong, password = Wrong });
        await node.PostAsync("token/revoke", new { });
        using (var asking = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/token/introspect") { Content = new FormUrlEncodedContent([new("token", first.Access)]) })
        {
            asking.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"service:{clientSecret}")));
            using var told = await node.Client.SendAsync(asking, Cancellation);
            Assert.Equal(HttpStatusCode.OK, told.StatusCode);
        }

        await node.PostAsync("me/email", new { newEmail = "new@example.com", currentPassword = Password }, first.Access);
        await node.PostAsync("password/forgot", new { email = Ada });
        var token = await mails.TokenAsync(Ada);
        using (var reset = await node.PostAsync("password/reset", new { token, newPassword = Fresh }))
        {
            Assert.True(reset.IsSuccessStatusCode, await reset.Content.ReadAsStringAsync(Cancellation));
        }

        var app = await App.OfAsync(node, clock, await node.LoginAsync(Ada, Fresh));
        var challenge = await app.ChallengeAsync(Ada, Fresh);
        var code = app.NextCode();
        var stronger = await SignedIn.OfAsync(await app.AnswerAsync(challenge, code), HttpStatusCode.OK);
        var again = await app.ChallengeAsync(Ada, Fresh);
        Assert.Equal(HttpStatusCode.OK, await app.TryRecoveryCodeAsync(again, app.RecoveryCodes[0]));
        // By the pages to a client and its tokens, with the second factor, and the same code once more.
        var client = new Application(node, "service", clientSecret, Application.ShopUri);
        using var browser = new Provider.Browser(node);
        var page = await browser.PressAsync(await browser.OpenAsync(client.Address()), "sign-in", ("identifier", Ada), ("password", Wrong));
        page = await browser.PressAsync(page, "sign-in", ("identifier", Ada), ("password", Fresh));
        page = await browser.PressAsync(page, "factor", ("code", app.NextCode()));
        var led = (await browser.PressAsync(page, "allow")).Told("code")!;
        var granted = await client.ExchangeAsync(led);
        var refreshed = await client.RefreshAsync(granted.Refresh);
        Assert.Equal(HttpStatusCode.OK, await client.UserInfoStatusAsync(refreshed.Access));
        Assert.Equal("invalid_grant", (await client.ExchangeAsync(led)).Error);
        return
        [
            led, granted.Access, granted.Refresh, granted.Text("id_token"), refreshed.Access, refreshed.Refresh, client.Verifier, .. browser.Cookies.Values,
            stronger.Access, stronger.Refresh, first.Access, first.Refresh, second.Access, second.Refresh, third.Access, third.Refresh, fourth.Access, fourth.Refresh,
            app.Session.Access, app.Session.Refresh, app.Secret, challenge, again, token, .. app.RecoveryCodes, .. mails.Tokens,
        ];
    }

    // Sign-ins with a provider: its codes and tokens, and ours.
    private static async Task<List<string>> ProvidersAsync(TestNode node, StubProvider stub)
    {
        stub.ExpiresIn = 60;
        var secrets = new List<string> { StubProvider.ClientSecret };
        foreach (var (provider, who) in new[] { ("stub", new StubAccount("1", "stub@example.com")), ("github", new StubAccount("2", "octocat@example.com")) })
        {
            using var browser = new Identities.Browser(node);
            var address = await browser.StartAsync(provider);
            var query = QueryHelpers.ParseQuery(address.Query);
            secrets.AddRange([browser.Verifier, browser.Cookie!, query["state"].ToString(), .. query.TryGetValue("nonce", out var nonce) ? [nonce.ToString()] : Array.Empty<string>()]);
            var code = (await browser.LandAsync(stub.Admit(address, who)))["code"];
            var session = await browser.SessionAsync(code);
            secrets.AddRange([code, session.Access, session.Refresh]);
            if (provider == "github")
            {
                secrets.Add((await node.Get<GitHubTokens>().AccessTokenAsync(session.UserId, Cancellation))!);
            }
        }

        return [.. secrets, .. stub.Secrets];
    }

    private static async Task DumpAsync(TestDatabase database, ConcurrentQueue<string> seen)
    {
        var tables = ((string)(await database.QueryAsync("SELECT string_agg(format('%I.%I', n.nspname, c.relname), ',') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"))!).Split(',');
        Assert.True(tables.Length > 15, $"{tables.Length} tables");
        foreach (var table in tables)
        {
            seen.Enqueue($"{table}: {await database.QueryAsync($"SELECT string_agg(t::text, E'\\n') FROM {table} t")}");
        }

        seen.Enqueue($"pg_stat_activity: {await database.QueryAsync("SELECT string_agg(query, E'\\n') FROM pg_stat_activity WHERE pid <> pg_backend_pid()")}");
    }

    private static ActivityListener Listen(ConcurrentQueue<string> seen)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a => seen.Enqueue($"trace {a.DisplayName} {string.Join(' ', a.TagObjects)} {string.Join(' ', a.Baggage)} {string.Join(' ', a.Events.SelectMany(e => e.Tags))}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Every message at every level, with its scopes and exceptions.</summary>
    private sealed class Log(ConcurrentQueue<string> seen) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            seen.Enqueue($"scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            seen.Enqueue($"{formatter(state, exception)} {(state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : "")} {exception}");

        public void Dispose()
        {
        }
    }

    /// <summary>Where mail ends: a person's, and no part of the installation.</summary>
    private sealed partial class Mails : IMailSender
    {
        private readonly ConcurrentQueue<OutgoingMail> sent = [];

        public IEnumerable<string> Tokens => sent.SelectMany(m => Link().Matches(m.Text).Select(l => l.Groups[1].Value));

        public async Task<string> TokenAsync(string address)
        {
            var links = sent.Where(m => m.To == address && m.Text.Contains("reset", StringComparison.Ordinal)).SelectMany(m => Link().Matches(m.Text));
            await Wait.UntilAsync(() => links.Any(), $"no link was mailed to {address}");
            return links.Last().Groups[1].Value;
        }

        public Task SendAsync(OutgoingMail mail, CancellationToken cancellation)
        {
            sent.Enqueue(mail);
            return Task.CompletedTask;
        }

        [GeneratedRegex(@"token=([A-Za-z0-9_-]{43})")]
        private static partial Regex Link();
    }
}
