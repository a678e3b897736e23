using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Administration;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Web;

/// <summary>
/// What every route refuses with, whichever are mapped: each is provoked, and its shape has said so. That none is missed of what the shapes
/// say, <see cref="EveryResponse"/> sees at the end of all tests.
/// </summary>
public sealed partial class RefusalsTests
{
    private const string Fresh = "another evening, elsewhere";
    internal const string Client = "service";
    private const string Secret = "a secret of this client";
    private const string MailSecret = "a secret of who reports mail";

    private static readonly string[] OfClients = [AuthRoutes.RevokeToken, AuthRoutes.Introspect, AuthRoutes.Token];

    // Which ask nothing of the database before a cookie or a page of ours is right: they have tests of their own.
    private static readonly string[] OfBrowsers = [AuthRoutes.OAuthStart, AuthRoutes.OAuthCallback, AuthRoutes.OAuthExchange, AuthRoutes.Authorize, AuthRoutes.AuthorizeForm, AuthRoutes.EndSession, AuthRoutes.EndSessionForm];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_is_unreadable_too_long_or_no_JSON_is_refused_as_the_shape_says()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, Everything);
        var ada = await Staff.AdministratorAsync(node, database, "root@example.com");
        foreach (var endpoint in node.AuthEndpoints.Where(e => e.Metadata.GetMetadata<IAcceptsMetadata>() is not null))
        {
            var answers = new List<HttpStatusCode>
            {
                await AskAsync(node, endpoint, ada.Access, new StringContent("{", Encoding.UTF8, "application/json")),
                await AskAsync(node, endpoint, ada.Access, new StringContent("{}", Encoding.UTF8, "text/plain")),
                await AskAsync(node, endpoint, ada.Access, new StringContent($"\"{new string('x', 2 << 20)}\"", Encoding.UTF8, "application/json")),
            };
            Assert.True(answers is [HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType, HttpStatusCode.RequestEntityTooLarge], $"{Responses.NameOf(endpoint)}: {string.Join(", ", answers)}");
        }
    }

    [Fact]
    public async Task What_no_query_of_ours_says_is_refused_and_what_is_unchanged_is_not_sent_again()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await TestNode.StartAsync(database, o => { Everything(o); o.RateLimits.MailsPerClient = o.RateLimits.ConfirmationsPerAccount = new RateLimit(3, TimeSpan.FromDays(1)); }, clock);
        var ada = await node.RegisterAsync();

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Post, "logout?scope=some"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Delete, "me/sessions?except=some"));
        foreach (var path in new[] { "password/forgot", "email/verify/resend" })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(HttpMethod.Post, path, new { email = "nobody" }));
        }

        foreach (var name in new[] { "jwks.json", "openid-configuration", "oauth-authorization-server" })
        {
            using var first = await node.SendAsync(HttpMethod.Get, $"/.well-known/{name}");
            using var again = new HttpRequestMessage(HttpMethod.Get, $"/.well-known/{name}");
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var unchanged = await node.Client.SendAsync(again, Cancellation);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        // An app that waits to be activated, with a code of another, and by a session that is no longer fresh.
        using var enrolled = await node.PostAsync("me/factors", new { }, ada.Access);
        var id = System.Text.Json.JsonDocument.Parse(await enrolled.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(HttpMethod.Post, $"me/factors/{id}/activate", new { code = "no code" }));
        clock.Move(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, $"me/factors/{id}/activate", new { code = "000000" }));
        ada = await node.LoginAsync();
        await database.ExecuteAsync("INSERT INTO mfa_factors (id, \"userId\", secret, \"keyId\", \"createdAt\", \"activatedAt\") SELECT gen_random_uuid(), u.id, '', 'k', now(), NULL FROM users u, generate_series(1, 10)");
        await database.ExecuteAsync("UPDATE mfa_factors SET \"activatedAt\" = now(); UPDATE sessions SET aal = 'aal2'");
        var strong = await node.RefreshAsync(ada.Refresh);
        Assert.Equal(HttpStatusCode.Conflict, (await node.PostAsync("me/factors", new { }, strong.Access)).StatusCode);

        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
                 {
                     (HttpMethod.Delete, "me", new { currentPassword = "a wrong evening at home" }),
                     (HttpMethod.Post, "me/email", new { currentPassword = "a wrong evening at home", newEmail = "countess@example.com" }),
                     (HttpMethod.Post, "email/verify/resend", new { email = "nobody@example.com" }),
                 })
        {
            await LimitedAsync(method, path, body);
        }

        async Task LimitedAsync(HttpMethod method, string path, object body)
        {
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 5 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
            {
                statuses.Add(await StatusAsync(method, path, body));
            }

            Assert.True(statuses.Contains(HttpStatusCode.TooManyRequests), $"{path}: {string.Join(", ", statuses)}");
        }

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, object? body = null)
        {
            using var response = await node.SendAsync(method, path, ada.Access, body);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task A_key_is_refused_while_its_request_is_under_way_and_for_another_request()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, Everything);
        foreach (var endpoint in node.AuthEndpoints.Where(e => IsByOwner(e.Metadata.GetMetadata<RouteName>()!.Name)))
        {
            var (name, key, body) = (Responses.NameOf(endpoint), Guid.NewGuid().ToString(), Body(endpoint));
            var owner = await node.RegisterAsync($"{Guid.NewGuid():N}@example.com");
            Task<HttpStatusCode> first;
            await using (var connection = await database.Source.OpenConnectionAsync(Cancellation))
            await using (var transaction = await connection.BeginTransactionAsync(Cancellation))
            {
                await using var hold = new NpgsqlCommand("LOCK TABLE users IN ACCESS EXCLUSIVE MODE", connection, transaction);
                await hold.ExecuteNonQueryAsync(Cancellation);
                first = AskAsync(node, endpoint, owner.Access, JsonContent.Create(body), key);
                await Wait.UntilAsync(async () => first.IsCompleted || (long)(await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"))! > 0, $"{name} does not wait");
                Assert.False(first.IsCompleted, name);
                Assert.Equal((name, HttpStatusCode.Conflict), (name, await AskAsync(node, endpoint, owner.Access, JsonContent.Create(body), key)));
                await transaction.RollbackAsync(Cancellation);
            }

            Assert.True((int)await first < 500, name);
            // By somebody who is still there afterwards.
            (owner, key, body) = (await node.RegisterAsync($"{Guid.NewGuid():N}@example.com"), Guid.NewGuid().ToString(), Body(endpoint));
            _ = body.ContainsKey("currentPassword") ? body["currentPassword"] = "a wrong evening at home" : "";
            await AskAsync(node, endpoint, owner.Access, JsonContent.Create(body), key);
            Assert.Equal((name, HttpStatusCode.UnprocessableEntity), (name, await AskAsync(node, endpoint, owner.Access, JsonContent.Create(new { another = name }), key)));
        }
    }

    [Fact]
    public async Task Without_the_database_every_route_that_needs_it_says_so()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        var server = cluster.Connection();
        var url = $"postgresql://{server.Username}:{Uri.EscapeDataString(server.Password ?? "")}@{server.Host}:{server.Port}/postgres";
        await using var node = await TestNode.StartAsync(url, o => { Everything(o); o.MigrateOnStart = true; });
        var ada = await node.RegisterAsync();
        await using (var promote = node.Get<AuthDatabase>().Command("UPDATE users SET role = 'ADMIN'"))
        await using (var strengthen = node.Get<AuthDatabase>().Command("UPDATE sessions SET aal = 'aal2'"))
        {
            await promote.ExecuteNonQueryAsync(Cancellation);
            await strengthen.ExecuteNonQueryAsync(Cancellation);
        }

        ada = await node.RefreshAsync(ada.Refresh);
        await cluster.StopAsync();

        var missed = new List<string>();
        foreach (var endpoint in node.AuthEndpoints.Where(e => e.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(p => p.StatusCode == 503) && !OfBrowsers.Contains(e.Metadata.GetMetadata<RouteName>()!.Name)))
        {
            // Not everything is JSON.
            HttpContent? content = endpoint.Metadata.GetMetadata<RouteName>()!.Name switch
            {
                _ when OfClients.Contains(endpoint.Metadata.GetMetadata<RouteName>()!.Name) => new FormUrlEncodedContent([new("token", RandomToken.New()), new("grant_type", "refresh_token"), new("refresh_token", RandomToken.New())]),
                AuthRoutes.UpdatePreferences => JsonContent.Create(new { theme = "DARK" }),
                AuthRoutes.AdminImport => new StringContent("{\"email\":\"eve@example.com\"}\n", Encoding.UTF8, "application/x-ndjson"),
                _ when endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is null => null,
                var route when KeyedRequestTests.Body(route) is { } known => JsonContent.Create(known),
                _ => JsonContent.Create(Body(endpoint)),
            };
            missed.AddRange(await AskAsync(node, endpoint, ada.Access, content) is var status and not HttpStatusCode.ServiceUnavailable ? [$"{Responses.NameOf(endpoint)}: {status}"] : []);
        }

        // What some need is more than a text for each member; of those the last check of all tests knows.
        Assert.True(missed.Count <= 3, string.Join(", ", missed));
    }

    // Whatever there is to be switched on, so that all routes are there.
    internal static void Everything(SluiceAuthOptions o)
    {
        (o.AutoConfirm, o.Mail.From, o.Mail.LinkBase, o.Mail.Folder, o.Mail.BounceSecret) = (true, "auth@example.com", "https://app.example.com", Path.Combine(Path.GetTempPath(), "sluice-auth-refusals"), MailSecret);
        o.RateLimits.MailsPerClient = o.RateLimits.MailsPerAddress = default;
        o.Clients.Add(new() { Id = Client, SecretSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret))), RedirectUris = { "https://shop.example.com/signed-in" } });
        o.AddGitHub(p => (p.ClientId, p.ClientSecret) = ("sluice", "a secret between servers"));
        o.Identities.RedirectUris.Add(Browser.App);
    }

    // Whether an administrator may is asked of the very table that is held.
    private static bool IsByOwner(string route) => AuthRoutes.Idempotent.Contains(route) && !route.StartsWith("admin-", StringComparison.Ordinal);

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];

    private static async Task<HttpStatusCode> AskAsync(TestNode node, RouteEndpoint endpoint, string token, HttpContent? content, string? key = null)
    {
        var isClients = OfClients.Contains(endpoint.Metadata.GetMetadata<RouteName>()!.Name);
        using var request = new HttpRequestMessage(new HttpMethod(Method(endpoint)), Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), m => m.Value == "{entry}" ? KeyedRequestTests.Entry : Guid.NewGuid().ToString()));
        request.Content = content;
        request.Headers.Authorization = isClients ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Client}:{Secret}"))) : new("Bearer", token);
        request.Headers.Add("Sluice-Mail-Secret", MailSecret);
        // So that a long body is refused before it is sent.
        request.Headers.ExpectContinue = content is not null;
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var response = await node.Client.SendAsync(request, Cancellation);
        Assert.True(
            endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(p => p.StatusCode == (int)response.StatusCode),
            $"{Responses.NameOf(endpoint)} answers {response.StatusCode}, which its shape leaves out: {await response.Content.ReadAsStringAsync(Cancellation)}");
        return response.StatusCode;
    }

    // What the route takes, as somebody would send it.
    private static Dictionary<string, string> Body(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()!.RequestType!.GetProperties().Where(p => p.PropertyType == typeof(string))
        .Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..])
        // Each of these comes without the others.
        .Where(m => m is not ("messageId" or "recoveryCode") && !(m is "email" or "code" && endpoint.Metadata.GetMetadata<RouteName>()!.Name == AuthRoutes.VerifyEmail))
        .ToDictionary(m => m, m => m switch
        {
            "currentPassword" => TestNode.Password,
            "password" => "a third evening, at sea",
            "newPassword" => Fresh,
            "code" => "123456",
            _ when m.EndsWith("oken", StringComparison.Ordinal) => RandomToken.New(),
            _ when m.EndsWith("mail", StringComparison.Ordinal) => $"{Guid.NewGuid():N}@example.com",
            _ => $"n{Guid.NewGuid():N}",
        });

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
