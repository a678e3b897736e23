using System.Net;
using System.Net.Http.Json;
using System.Text;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Web;

/// <summary>What every answer has, and what no request may bring.</summary>
public sealed class HardeningTests
{
    [Fact]
    public async Task Bar_63_a_route_that_fails_says_so_and_nothing_else()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await database.ExecuteAsync("ALTER TABLE users RENAME COLUMN email TO elsewhere");

        using var response = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.InternalServerError, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("\"code\":\"internal_error\"", body, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)npgsql|exception|42703|column|users| at |elsewhere|ada@", body);
        Assert.Equal(("no-store", "nosniff", "max-age=31536000"), (
            response.Headers.CacheControl?.ToString(), response.Headers.GetValues("X-Content-Type-Options").Single(), response.Headers.GetValues("Strict-Transport-Security").Single()));
    }

    [Fact]
    public async Task Bar_63_pages_published_keys_and_what_is_unchanged_say_it_as_well()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var folder = Directory.CreateTempSubdirectory("sluice-auth-test-").FullName;
        await using var node = await TestNode.StartAsync(database, o =>
        {
            (o.Mail.Folder, o.Mail.From, o.Mail.LinkBase) = (folder, "Example <no-reply@example.com>", "https://auth.example.com/auth/v1");
            o.AutoConfirm = true;
        });
        var ada = await node.RegisterAsync();
        using var me = await node.SendAsync(HttpMethod.Get, "me", ada.Access);
        using var keys = await node.SendAsync(HttpMethod.Get, "/.well-known/jwks.json");

        foreach (var (path, tag, status, cache) in new (string, string?, HttpStatusCode, string?)[]
                 {
                     ("/auth/v1/password/reset?token=none", null, HttpStatusCode.BadRequest, "no-store"),
                     ("/auth/v1/me", me.Headers.ETag!.ToString(), HttpStatusCode.NotModified, "no-store"),
                     ("/.well-known/jwks.json", null, HttpStatusCode.OK, "public, max-age=300"),
                     ("/.well-known/jwks.json", keys.Headers.ETag!.ToString(), HttpStatusCode.NotModified, "public, max-age=300"),
                     ("/.well-known/openid-configuration", null, HttpStatusCode.OK, "public, max-age=300"),
                 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", ada.Access);
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            using var response = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(
                (path, status, cache, "nosniff", "max-age=31536000"),
                (path, response.StatusCode, response.Headers.CacheControl?.ToString(), One(response, "X-Content-Type-Options"), One(response, "Strict-Transport-Security")));
        }

        Directory.Delete(folder, recursive: true);

        static string? One(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }

    [Fact]
    public async Task Bar_63_without_https_nobody_is_told_to_stay_with_it()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Issuer = "http://localhost");

        using var response = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password });

        Assert.False(response.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bar_63_a_body_over_a_mebibyte_is_refused_whether_or_not_it_says_its_length(bool saysLength)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var json = Encoding.UTF8.GetBytes($$"""{"identifier":"ada@example.com","password":"{{new string('x', (1 << 20) + 1)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/login") { Content = new ByteArrayContent(json) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = !saysLength;

        using var response = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("role", "admin")]
    [InlineData("emailVerified", true)]
    [InlineData("orgId", "00000000-0000-0000-0000-000000000000")]
    public async Task Bar_63_21_no_route_lets_a_client_give_itself_a_role_a_verified_address_or_an_organisation(string member, object value)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM users"));
        var ada = await node.RegisterAsync();
        var before = await database.QueryAsync("SELECT concat(role, ' ', \"emailVerified\") FROM users");

        foreach (var (method, path, body) in new (HttpMethod, string, Dictionary<string, object>)[]
                 {
                     (HttpMethod.Post, "register", new() { ["email"] = "eve@example.com", ["password"] = TestNode.Password }),
                     (HttpMethod.Post, "login", new() { ["identifier"] = "ada@example.com", ["password"] = TestNode.Password }),
                     (HttpMethod.Post, "token/refresh", new() { ["refreshToken"] = ada.Refresh }),
                     (HttpMethod.Post, "me/password", new() { ["currentPassword"] = TestNode.Password, ["newPassword"] = "another evening, elsewhere" }),
                     (HttpMethod.Patch, "me", new() { ["displayName"] = "Ada" }),
                     (HttpMethod.Delete, "me", new() { ["currentPassword"] = TestNode.Password }),
                 })
        {
            body[member] = value;
            using var request = new HttpRequestMessage(method, $"/auth/v1/{path}") { Content = JsonContent.Create(body) };
            request.Headers.Authorization = new("Bearer", ada.Access);
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var response = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{method} {path}: {response.StatusCode}");
        }

        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM users"));
        Assert.Equal(before, await database.QueryAsync("SELECT concat(role, ' ', \"emailVerified\") FROM users"));
        Assert.StartsWith("user ", (string)before!, StringComparison.Ordinal);
    }
}
