using System.Net;
using System.Text.Json.Nodes;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Audit;

/// <summary>A change of an account and what the audit says of it are one transaction.</summary>
public sealed class AuditedChangesTests
{
    private const string Fresh = "another evening, elsewhere";

    [Fact]
    public async Task Bar_65_a_change_has_its_old_and_new_values_and_no_secret()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync(username: "ada");
        var elsewhere = await node.LoginAsync();

        await DoneAsync(node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Fresh }, ada.Access));
        await DoneAsync(node.SendAsync(HttpMethod.Delete, "me", ada.Access, new { currentPassword = Fresh }));

        Assert.Equal("""{"email":"ada@example.com","username":"ada","displayName":null}""", await ValuesAsync(database, "newValues", "register"));
        Assert.Equal($$"""{"sessions":["{{await SessionAsync(database, "login")}}"]}""", await ValuesAsync(database, "oldValues", "password_changed"));
        var deleted = JsonNode.Parse(await ValuesAsync(database, "oldValues", "account_deleted"))!;
        Assert.Equal(("ada@example.com", "ada", "user", 1), ((string?)deleted["email"], (string?)deleted["username"], (string?)deleted["role"], deleted["sessions"]!.AsArray().Count));
        Assert.Equal(0L, await database.QueryAsync($"SELECT count(*) FROM audit_logs a WHERE a::text LIKE '%evening%' OR a::text LIKE '%argon2%' OR a::text LIKE '%{elsewhere.Refresh}%'"));
        Assert.NotEqual(elsewhere.UserId, await SessionAsync(database, "login"));
    }

    [Theory]
    [InlineData("register", "users")]
    [InlineData("login", "sessions")]
    [InlineData("password_changed", "sessions")]
    [InlineData("account_deleted", "users")]
    [InlineData("session_revoked", "sessions")]
    [InlineData("logout_global", "sessions")]
    [InlineData("client_locked", "auth_attempts")]
    [InlineData("refresh_reuse_detected", "sessions")]
    public async Task Bar_65_a_change_that_cannot_be_written_down_does_not_happen(string action, string table)
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o => (o.Lockout.FailuresPerClient, o.Sessions.ReplayWindow) = (1, TimeSpan.Zero));
        var ada = await node.RegisterAsync();
        var other = await node.LoginAsync();
        await node.RefreshAsync(other.Refresh);
        await database.ExecuteAsync($"ALTER TABLE audit_logs ADD CONSTRAINT refused CHECK (action <> '{action}') NOT VALID");
        var before = await HashAsync(database, table);

        using var response = await (action switch
        {
            "register" => node.PostAsync("register", new { email = "bob@example.com", password = TestNode.Password }),
            "login" => node.PostAsync("login", new { identifier = "ada@example.com", password = TestNode.Password }),
            "password_changed" => node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Fresh }, ada.Access),
            "account_deleted" => node.SendAsync(HttpMethod.Delete, "me", ada.Access, new { currentPassword = TestNode.Password }),
            "session_revoked" => node.SendAsync(HttpMethod.Delete, $"me/sessions/{await SessionAsync(database, "login")}", ada.Access),
            "logout_global" => node.PostAsync("logout?scope=global", new { }, ada.Access),
            "client_locked" => node.PostAsync("login", new { identifier = "ada@example.com", password = Fresh }),
            _ => node.PostAsync("token/refresh", new { refreshToken = other.Refresh }),
        });

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(before, await HashAsync(database, table));
        await database.ExecuteAsync("ALTER TABLE audit_logs DROP CONSTRAINT refused");
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(ada.Access));
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_not_logged_as_ended()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var ada = await node.RegisterAsync();

        using var response = await node.SendAsync(HttpMethod.Delete, $"me/sessions/{Guid.NewGuid()}", ada.Access);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'session_revoked'"));
    }

    private static async Task DoneAsync(Task<HttpResponseMessage> request)
    {
        using var response = await request;
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<string> ValuesAsync(TestDatabase database, string column, string action) =>
        JsonNode.Parse((string)(await database.QueryAsync($"SELECT \"{column}\"::text FROM audit_logs WHERE action = '{action}'"))!)!.ToJsonString();

    private static async Task<string> SessionAsync(TestDatabase database, string action) =>
        (string)(await database.QueryAsync($"SELECT \"sessionId\"::text FROM audit_logs WHERE action = '{action}'"))!;

    private static async Task<string> HashAsync(TestDatabase database, string table) =>
        (string)(await database.QueryAsync($"SELECT md5(coalesce(string_agg(t::text, '\n' ORDER BY t::text), '')) FROM {table} t"))!;
}
