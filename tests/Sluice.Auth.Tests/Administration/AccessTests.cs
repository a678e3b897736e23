using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tests.Web;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>Whatever is mapped, tomorrow too, asked by everybody who may come: docs/auth-admin.md says what each is answered.</summary>
public sealed partial class AccessTests
{
    private const string Page = "docs/auth-admin.md";
    private const string Head = "| route | nobody | user | user, aal2 | MODERATOR, aal2 | ADMIN, aal1 | ADMIN, aal2 |";

    private static readonly (string Email, string Role, string Aal)[] Callers =
        [("user@example.com", "user", "aal1"), ("sure@example.com", "user", "aal2"), ("moderator@example.com", "MODERATOR", "aal2"), ("hasty@example.com", "ADMIN", "aal1"), ("root@example.com", "ADMIN", "aal2")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_may_call_what_is_what_the_page_says()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        var callers = new List<(string Id, string Aal)>();
        foreach (var (email, role, aal) in Callers)
        {
            callers.Add(((await Staff.AdministratorAsync(node, database, email, role, aal)).UserId, aal));
        }

        var hash = await node.Get<HashingGate>().MakeAsync(TestNode.Password, Cancellation);
        await database.ExecuteAsync($"UPDATE users SET \"passwordHash\" = '{hash}'");
        var rows = new List<string>();
        foreach (var endpoint in node.AuthEndpoints.OrderBy(e => e.RoutePattern.RawText, StringComparer.Ordinal).ThenBy(Method, StringComparer.Ordinal))
        {
            var answers = new List<string> { await AskAsync(node, endpoint, null) };
            foreach (var (id, aal) in callers)
            {
                // Some end the session that they are asked by: each has its own.
                answers.Add(await AskAsync(node, endpoint, (await Staff.SessionAsync(node, database, id, aal)).Access));
            }

            var path = endpoint.RoutePattern.RawText!.Replace("/auth/v1", "", StringComparison.Ordinal);
            rows.Add($"| {Method(endpoint)} {path} | {string.Join(" | ", answers)} |");
            if (path.StartsWith("/admin/", StringComparison.Ordinal))
            {
                Assert.Equal("401 403 403 403 aal2 ✓", string.Join(' ', answers));
            }
        }

        Assert.Contains(rows, r => r.StartsWith("| GET /admin/users |", StringComparison.Ordinal));
        var file = Path.Combine(Repository.Root, Page);
        var (text, table) = (await File.ReadAllTextAsync(file, Cancellation), string.Join('\n', [Head, "|---|---|---|---|---|---|---|", .. rows]) + "\n");
        if (Environment.GetEnvironmentVariable("SLUICE_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(file, text = Table().Replace(text, _ => table), Cancellation);
        }

        Assert.Equal(table, Table().Match(text).Value);
    }

    [Fact]
    public async Task What_is_anothers_is_not_there()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var node = await StartAsync(database, clock);
        var app = await App.NewAsync(node, clock);
        var pending = await App.EnrolAsync(node, clock, app.Session);
        var other = await Staff.AdministratorAsync(node, database, "other@example.com", "user");
        await database.ExecuteAsync($"""
            INSERT INTO user_identities (id, "userId", provider, issuer, subject, "createdAt") VALUES (gen_random_uuid(), '{app.Session.UserId}', 'github', 'https://github.com/login/oauth', '1', now());
            INSERT INTO client_consents ("userId", "clientId", scope, "grantedAt") VALUES ('{app.Session.UserId}', '{RefusalsTests.Client}', 'openid', now());
            """);
        string[] owned = [app.Id, pending.Id, app.Session.Claim("sid"), "github", RefusalsTests.Client];
        var before = await CountAsync(database);

        var asked = 0;
        // A provider to link is nobody's.
        foreach (var endpoint in node.AuthEndpoints.Where(e => e.RoutePattern.RawText!.Contains("/me/", StringComparison.Ordinal) && e.RoutePattern.Parameters.Count > 0 && e.Metadata.GetMetadata<RouteName>()!.Name != AuthRoutes.LinkIdentity))
        {
            foreach (var id in owned)
            {
                using var response = await SendAsync(node, endpoint, other.Access, id);
                Assert.True(response.StatusCode is HttpStatusCode.NotFound, $"{Method(endpoint)} {endpoint.RoutePattern.RawText} {id}: {response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancellation)}");
                asked++;
            }
        }

        Assert.True(asked >= 30, $"{asked} were asked");
        Assert.Equal(before, await CountAsync(database));
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(app.Session.Access));
    }

    private static Task<TestNode> StartAsync(TestDatabase database, TimeProvider? clock = null) => TestNode.StartAsync(database, RefusalsTests.Everything, clock);

    private static async Task<string> AskAsync(TestNode node, RouteEndpoint endpoint, string? token)
    {
        using var response = await SendAsync(node, endpoint, token, Guid.NewGuid().ToString());
        var said = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode < 500, $"{Method(endpoint)} {endpoint.RoutePattern.RawText}: {said}");
        var code = response.Content.Headers.ContentType?.MediaType is "application/problem+json" ? (string?)JsonNode.Parse(said)!["code"] : null;
        return code switch
        {
            "invalid_token" => "401",
            "forbidden" => "403",
            "insufficient_scope" => "scope",
            "insufficient_aal" => "aal2",
            _ when said.Contains("invalid_client", StringComparison.Ordinal) => "client",
            "invalid_mail_secret" => "secret",
            _ => "✓",
        };
    }

    private static async Task<HttpResponseMessage> SendAsync(TestNode node, RouteEndpoint endpoint, string? token, string id)
    {
        using var request = new HttpRequestMessage(new HttpMethod(Method(endpoint)), Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), id));
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        var members = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType?.GetProperties().Where(p => p.PropertyType == typeof(string)) ?? [];
        request.Content = Method(endpoint) == "GET" ? null
            : endpoint.Metadata.GetMetadata<RouteName>()!.Name is AuthRoutes.RevokeToken or AuthRoutes.Introspect or AuthRoutes.Token ? new FormUrlEncodedContent([new("token", "000000")])
            : JsonContent.Create(members.ToDictionary(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..], _ => "000000"));
        return await node.Client.SendAsync(request, Cancellation);
    }

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];

    private static async Task<string> CountAsync(TestDatabase database) =>
        (string)(await database.QueryAsync("SELECT concat((SELECT count(*) FROM mfa_factors), ' ', (SELECT count(*) FROM mfa_factors WHERE \"activatedAt\" IS NOT NULL), ' ', (SELECT count(*) FROM sessions), ' ', (SELECT count(*) FROM user_identities), ' ', (SELECT count(*) FROM client_consents))"))!;

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?m)^\| route \| nobody (.*\n)(\|.*\n)+")]
    private static partial Regex Table();
}
