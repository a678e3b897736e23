using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Tokens;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Roles;

/// <summary>Claims of the application's own: in every token, or there is none.</summary>
public sealed class EnricherTests
{
    [Fact]
    public async Task An_applications_claims_are_in_every_token_of_a_sign_in_and_a_refresh_and_reach_other_services()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        One.Gives = subject => new() { ["app_plan"] = "pro", ["app_seats"] = 3, ["app_org"] = new JsonObject { ["id"] = 7 }, ["app_tags"] = new JsonArray("a", "b"), ["app_of"] = subject.Email, ["app_none"] = null };
        Two.Gives = _ => null;
        var ada = await node.RegisterAsync();
        await using var service = await ResourceServer.StartAsync(node);

        foreach (var session in new[] { ada, await node.LoginAsync(), await node.RefreshAsync(ada.Refresh) })
        {
            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(session.Access.Split('.')[1]));
            Assert.Equal("""pro 3 {"id":7} ["a","b"] ada@example.com """, string.Join(' ', new[] { "app_plan", "app_seats", "app_org", "app_tags", "app_of", "app_none" }.Select(c => claims.RootElement.GetProperty(c).ToString())));
            await service.SoonAsync(session.Access, "/mine");
            using var request = new HttpRequestMessage(HttpMethod.Get, "/mine") { Headers = { Authorization = new("Bearer", session.Access) } };
            using var response = await service.Client.SendAsync(request);
            Assert.Equal("""app_plan=pro app_seats=3 app_org={"id":7} app_tags=a app_tags=b app_of=ada@example.com app_none=null""", await response.Content.ReadAsStringAsync());
        }
    }

    public static TheoryData<string, Func<JsonObject?>> Unfit => new()
    {
        { "fails", () => throw new InvalidOperationException("the directory is away") },
        { "cancels", () => throw new OperationCanceledException() },
        { "overwrites the subject", () => new() { ["sub"] = "somebody" } },
        { "overwrites the role", () => new() { ["role"] = "ADMIN" } },
        { "overwrites the roles", () => new() { ["roles"] = new JsonArray("ADMIN") } },
        { "overwrites the roles in rooms", () => new() { ["scoped_roles"] = new JsonArray("room:42:ADMIN") } },
        { "overwrites what was shown", () => new() { ["aal"] = "aal2" } },
        { "goes back in versions", () => new() { ["roles_version"] = 0 } },
        { "says what another has said", () => new() { ["app_two"] = 1 } },
        { "is too long", () => new() { ["app"] = new string('x', 600) } },
        { "is too deep", () => new() { ["app"] = JsonNode.Parse("[[[[[1]]]]]") } },
        { "has no name", () => new() { [""] = 1 } },
    };

    [Theory, MemberData(nameof(Unfit))]
    public async Task Where_they_cannot_be_had_there_is_no_token_and_the_session_goes_on_later(string what, Func<JsonObject?> claims)
    {
        Assert.NotEmpty(what);
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await StartAsync(database);
        (One.Gives, Two.Gives) = (_ => null, _ => new() { ["app_two"] = 2 });
        var ada = await node.RegisterAsync();
        One.Gives = _ => claims();

        using (var refused = await node.PostAsync("token/refresh", new { refreshToken = ada.Refresh }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("\"code\":\"claims_unavailable\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var refused = await node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        using (var refused = await node.PostAsync("register", new { email = "eve@example.com", password = TestNode.Password }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        Assert.Equal((1L, 1L), (await database.QueryAsync("SELECT count(*) FROM users"), await database.QueryAsync("SELECT count(*) FROM sessions")));
        One.Gives = _ => null;
        await node.RefreshAsync(ada.Refresh);
    }

    private static Task<TestNode> StartAsync(TestDatabase database) =>
        TestNode.StartAsync(database, host: b => b.Services.AddTokenEnricher<One>().AddTokenEnricher<Two>());

    // Tests of one class run one after the other.
    private sealed class One : ITokenEnricher
    {
        public static Func<TokenSubject, JsonObject?> Gives { get; set; } = _ => null;

        public ValueTask<JsonObject?> ClaimsAsync(TokenSubject subject, CancellationToken cancellation) => new(Gives(subject));
    }

    private sealed class Two : ITokenEnricher
    {
        public static Func<TokenSubject, JsonObject?> Gives { get; set; } = _ => null;

        public async ValueTask<JsonObject?> ClaimsAsync(TokenSubject subject, CancellationToken cancellation)
        {
            await Task.Yield();
            return Gives(subject);
        }
    }
}
