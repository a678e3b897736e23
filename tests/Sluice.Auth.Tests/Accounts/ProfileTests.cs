using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Settings;
using Sluice.Auth.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Accounts;

/// <summary>GET and PATCH /me.</summary>
public sealed class ProfileTests
{
    [Fact]
    public async Task What_is_sent_changes_what_is_left_out_stays_and_null_takes_away()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync(username: "ada");

        var first = await PatchAsync(node, ada, """{"displayName":"Ada Lovelace","metadata":{"theme":"dark","tags":[1,2]}}""");
        var second = await PatchAsync(node, ada, """{"username":"Countess","metadata":null}""");

        Assert.Equal(("ada", "Ada Lovelace", """{"tags":[1,2],"theme":"dark"}"""), (Text(first, "username"), Text(first, "displayName"), JsonNode.Parse(first.GetProperty("metadata").GetRawText())!.ToJsonString()));
        Assert.Equal(("countess", "Ada Lovelace", null), (Text(second, "username"), Text(second, "displayName"), Text(second, "metadata")));
        await node.LoginAsync("countess");
        Assert.Equal(
            $$"""{"metadata": {"bytes": 29, "sha256": "{{Sha256("""{"tags":[1,2],"theme":"dark"}""")}}"}, "username": "ada"} {"metadata": null, "username": "countess"}""",
            await database.QueryAsync("""SELECT "oldValues"::text || ' ' || "newValues"::text FROM audit_logs WHERE action = 'account_updated' ORDER BY "createdAt" DESC LIMIT 1"""));
    }

    [Fact]
    public async Task A_change_to_what_somebody_else_changed_meanwhile_is_refused()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();
        using var read = await node.SendAsync(HttpMethod.Get, "me", ada.Access);
        var tag = read.Headers.ETag!.ToString();

        // Ten at once from the same page: one is in time.
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => SendAsync(node, ada, $$"""{"displayName":"Ada {{i}}"}""", tag)));
        Assert.Equal((1, 9), (answers.Count(a => a.StatusCode is HttpStatusCode.OK), answers.Count(a => a.StatusCode is HttpStatusCode.PreconditionFailed)));
        using var winner = answers.Single(a => a.IsSuccessStatusCode);
        using var again = await SendAsync(node, ada, """{"displayName":"Ada"}""", winner.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var weak = await SendAsync(node, ada, """{"displayName":"Ada"}""", "W/" + again.Headers.ETag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, weak.StatusCode);
        using var any = await SendAsync(node, ada, """{"displayName":"Ada"}""", "*");
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);

        using var unchanged = new HttpRequestMessage(HttpMethod.Get, "/auth/v1/me") { Headers = { Authorization = new("Bearer", ada.Access), IfNoneMatch = { any.Headers.ETag! } } };
        using var not = await node.Client.SendAsync(unchanged);
        Assert.Equal(HttpStatusCode.NotModified, not.StatusCode);
        Array.ForEach(answers, a => a.Dispose());
    }

    [Theory]
    [InlineData("""{"role":"admin"}""", 400)]
    [InlineData("""{"emailVerified":true}""", 400)]
    [InlineData("""{"email":"eve@example.com"}""", 400)]
    [InlineData("""{"username":"a b"}""", 422)]
    [InlineData("""{"username":7}""", 400)]
    [InlineData("""{"displayName":"line\nbreak"}""", 400)]
    [InlineData("""{"metadata":[]}""", 400)]
    [InlineData("""{"metadata":{"a":"\u0000"}}""", 400)]
    [InlineData("""{"username":"grace"}""", 409)]
    public async Task What_an_owner_may_not_set_is_refused_and_nothing_changes(string body, int status)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync(username: "ada");
        await node.RegisterAsync("grace@example.com", "grace");
        var before = await database.QueryAsync("SELECT string_agg(u::text, ',' ORDER BY email) FROM users u");

        using var refused = await SendAsync(node, ada, body, null);

        Assert.True(status == (int)refused.StatusCode, await refused.Content.ReadAsStringAsync());
        Assert.Equal(before, await database.QueryAsync("SELECT string_agg(u::text, ',' ORDER BY email) FROM users u"));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_leaves_no_values_in_the_audit_and_there_are_only_so_many_changes()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.RateLimits.ProfileChangesPerAccount = new RateLimit(2, TimeSpan.FromHours(1)));
        var ada = await node.RegisterAsync();
        var eve = await node.RegisterAsync("eve@example.com");
        await PatchAsync(node, ada, """{"displayName":"Ada","metadata":{"theme":"dark","a":{"c":1,"b":"ü"}}}""");

        await PatchAsync(node, ada, """{"displayName":"Ada","metadata":{"a":{"b":"ü","c":1},"theme":"dark"}}""");

        Assert.Equal("{} {}", await database.QueryAsync("""SELECT "oldValues"::text || ' ' || "newValues"::text FROM audit_logs WHERE action = 'account_updated' ORDER BY "createdAt" DESC LIMIT 1"""));
        using var refused = await SendAsync(node, ada, """{"displayName":"Countess"}""", null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await PatchAsync(node, eve, """{"displayName":"Eve"}""");
    }

    [Fact]
    public async Task The_same_change_under_one_idempotency_key_is_made_once()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();

        using var first = await SendAsync(node, ada, """{"displayName":"Ada"}""", null, "key-1");
        using var second = await SendAsync(node, ada, """{"displayName":"Ada"}""", null, "key-1");

        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("true", second.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'account_updated'"));
    }

    [Fact]
    public async Task Metadata_can_come_with_the_registration_and_what_a_host_does_without_is_refused()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await using var without = await TestNode.StartAsync(database, o => o.Tables.Absent.UnionWith(["users.metadata", "users.username"]));

        var ada = await SignedIn.OfAsync(await node.PostAsync("register", new { email = "ada@example.com", password = TestNode.Password, metadata = new { plan = "free" } }), HttpStatusCode.Created);
        using var me = await node.SendAsync(HttpMethod.Get, "me", ada.Access);
        using var refused = await SendAsync(without, ada, """{"username":"ada"}""", null);

        Assert.Equal("""{"plan":"free"}""", (await me.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("metadata").GetRawText());
        Assert.Contains("There are no user names here", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("username", "There are no user names here")]
    [InlineData("displayName", "There are no display names here")]
    public async Task A_registration_with_a_name_that_a_host_has_no_column_for_is_refused_and_makes_no_account(string member, string said)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => o.Tables.Absent.UnionWith(["users.name", "users.username"]));

        using var refused = await node.PostAsync("register", new Dictionary<string, string> { ["email"] = "ada@example.com", ["password"] = TestNode.Password, [member] = "ada" });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM users"));
        await node.RegisterAsync();
    }

    private static async Task<JsonElement> PatchAsync(TestNode node, SignedIn who, string body)
    {
        using var response = await SendAsync(node, who, body, null);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<HttpResponseMessage> SendAsync(TestNode node, SignedIn who, string body, string? tag, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/auth/v1/me") { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = new("Bearer", who.Access);
        foreach (var (name, value) in new[] { ("If-Match", tag), ("Idempotency-Key", key) }.Where(h => h.Item2 is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await node.Client.SendAsync(request);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string? Text(JsonElement profile, string name) => profile.GetProperty(name).ValueKind is JsonValueKind.Null ? null : profile.GetProperty(name).GetString();
}
