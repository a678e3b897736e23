using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Factors;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>A node, its database, and an administrator who has shown a second factor.</summary>
internal sealed class Staff(TestNode node, TestDatabase database, SignedIn admin)
{
    public SignedIn Admin => admin;

    public static async Task<Staff> OfAsync(TestNode node, TestDatabase database, string email = "root@example.com") => new(node, database, await AdministratorAsync(node, database, email));

    public static async Task<SignedIn> AdministratorAsync(TestNode node, TestDatabase database, string email, string role = "ADMIN", string aal = "aal2")
    {
        var id = await AccountAsync(database, email, role);
        return await SessionAsync(node, database, id, aal);
    }

    /// <summary>An account without a password, straight into its table: hashing one is not what is tried here.</summary>
    public static async Task<string> AccountAsync(TestDatabase database, string email, string role = "user")
    {
        var id = Guid.CreateVersion7().ToString();
        await database.ExecuteAsync($"INSERT INTO users (id, email, \"emailVerified\", \"createdAt\", \"updatedAt\") VALUES ('{id}', '{email}', now(), now(), now())");
        if (role != "user")
        {
            await GrantAsync(database, id, role);
        }

        return id;
    }

    public static Task GrantAsync(TestDatabase database, string userId, string role) =>
        database.ExecuteAsync($"INSERT INTO role_grants (\"userId\", role, \"grantedAt\") VALUES ('{userId}', '{role}', now())");

    /// <summary>A session as a sign-in leaves it; its tokens come by a refresh.</summary>
    public static async Task<SignedIn> SessionAsync(TestNode node, TestDatabase database, string userId, string aal)
    {
        var token = RandomToken.New();
        await database.ExecuteAsync(
            $"INSERT INTO sessions (id, \"userId\", \"refreshToken\", \"expiresAt\", \"lastUsedAt\", \"createdAt\", aal) VALUES (gen_random_uuid(), '{userId}', '{RandomToken.Hash(token)}', now() + interval '1 day', now(), now(), '{aal}')");
        return await node.RefreshAsync(token);
    }

    public async Task<JsonNode> GetAsync(string path) => await App.ReadAsync(await node.SendAsync(HttpMethod.Get, $"admin/{path}", admin.Access), HttpStatusCode.OK);

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, object? body = null, SignedIn? by = null)
    {
        using var response = await node.SendAsync(method, $"admin/{path}", (by ?? admin).Access, body);
        return response.StatusCode;
    }

    public async Task DoneAsync(string path, object? body = null, HttpStatusCode expected = HttpStatusCode.NoContent)
    {
        using var response = await node.SendAsync(HttpMethod.Post, $"admin/{path}", admin.Access, body);
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>What a refusal says to programs.</summary>
    public async Task<string> CodeAsync(HttpMethod method, string path, object? body = null, SignedIn? by = null)
    {
        using var response = await node.SendAsync(method, $"admin/{path}", (by ?? admin).Access, body);
        return $"{(int)response.StatusCode} {(string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())?["code"]}";
    }

    public async Task<JsonNode> ReadAsync(HttpMethod method, string path, object? body, HttpStatusCode expected = HttpStatusCode.OK) =>
        await App.ReadAsync(await node.SendAsync(method, $"admin/{path}", admin.Access, body), expected);

    public async Task<string[]> EmailsAsync(string query)
    {
        var list = await GetAsync($"users?{query}");
        return [.. list["users"]!.AsArray().Select(u => ((string)u!["email"]!).Split('@')[0]).Order(StringComparer.Ordinal)];
    }

    /// <summary>The last thing that the audit says of an action: who, whom, before and after.</summary>
    public async Task<string> AuditedAsync(string action) => (string)(await database.QueryAsync($"""
        SELECT concat_ws(' ', "userId" = '{admin.UserId}', "resourceId", "oldValues", "newValues") FROM audit_logs WHERE action = '{action}' ORDER BY "createdAt" DESC LIMIT 1
        """))!;
}
