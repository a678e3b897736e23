using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Sluice.Auth.Audit;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Auth.Upkeep;
using Xunit;

namespace Sluice.Auth.Tests.Storage;

/// <summary>What happens to an account from its first day to its last, on whatever tables it is kept.</summary>
internal static class Story
{
    private const string Email = "ada@example.com";
    private const string Another = "another quiet evening";

    public static async Task RunAsync(TestNode node, string? username)
    {
        var first = await RegisterTwiceAsync(node, username);
        await SessionsAsync(node, first);
        await PasswordAsync(node);
        await LockoutAsync(node);
        var last = await node.LoginAsync(username ?? Email, Another);
        using (var deleted = await node.SendAsync(HttpMethod.Delete, "me", last.Access, new { currentPassword = Another }))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(last.Access));
        using var gone = await node.PostAsync("login", new { identifier = Email, password = Another });
        Assert.Equal(HttpStatusCode.Unauthorized, gone.StatusCode);
        await BooksAsync(node);
    }

    // The same request with the same key is one registration.
    private static async Task<SignedIn> RegisterTwiceAsync(TestNode node, string? username)
    {
        var (first, second) = (await RegisterAsync(), await RegisterAsync());
        Assert.Equal(first, second);
        return first;

        async Task<SignedIn> RegisterAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/auth/v1/register")
            {
                Content = JsonContent.Create(new { email = Email, username, displayName = node.Get<AuthDatabase>().Names.Has("users.name") ? "Ada" : null, password = TestNode.Password }),
            };
            request.Headers.Add("Idempotency-Key", "the-first-day");
            return await SignedIn.OfAsync(await node.Client.SendAsync(request), HttpStatusCode.Created);
        }
    }

    private static async Task SessionsAsync(TestNode node, SignedIn first)
    {
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(first.Access));
        using (var me = await node.SendAsync(HttpMethod.Get, "me", first.Access))
        {
            Assert.Equal(Email, (await JsonAsync(me)).GetProperty("email").GetString());
        }

        var next = await node.RefreshAsync(first.Refresh);
        var phone = await node.LoginAsync(Email.ToUpperInvariant());
        using (var list = await node.SendAsync(HttpMethod.Get, "me/sessions", next.Access))
        {
            var sessions = (await JsonAsync(list)).GetProperty("sessions");
            Assert.Equal(2, sessions.GetArrayLength());
            var other = sessions.EnumerateArray().Single(s => !s.GetProperty("current").GetBoolean()).GetProperty("id").GetString();
            using var ended = await node.SendAsync(HttpMethod.Delete, $"me/sessions/{other}", next.Access);
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(phone.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.TryRefreshAsync(phone.Refresh));
        using (var logout = await node.SendAsync(HttpMethod.Post, "logout", next.Access))
        {
            Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(next.Access));
    }

    private static async Task PasswordAsync(TestNode node)
    {
        var (here, elsewhere) = (await node.LoginAsync(), await node.LoginAsync());
        using var changed = await node.PostAsync("me/password", new { currentPassword = TestNode.Password, newPassword = Another }, here.Access);
        Assert.True(changed.StatusCode is HttpStatusCode.NoContent, await changed.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, await node.StatusAsync(here.Access));
        Assert.Equal(HttpStatusCode.Unauthorized, await node.StatusAsync(elsewhere.Access));
    }

    // Another's guesses, of an account that is not there: the owner's own client stays free.
    private static async Task LockoutAsync(TestNode node)
    {
        for (var i = 0; i < 11; i++)
        {
            using var guess = await node.PostAsync("login", new { identifier = "eve@example.com", password = "wrong" });
            Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        }

        var sql = node.Get<AuthDatabase>().Names.Sql("SELECT max({auth_attempts.failuresCount}) FROM {auth_attempts} WHERE {auth_attempts.email} = 'eve@example.com' AND {auth_attempts.lockedUntil} IS NOT NULL");
        await using var command = node.Get<AuthDatabase>().Command(sql);
        Assert.NotEqual(DBNull.Value, await command.ExecuteScalarAsync());
    }

    private static async Task BooksAsync(TestNode node)
    {
        foreach (var group in new[] { "audit", "sessions", "tokens" })
        {
            Assert.All(await node.Get<UpkeepJobs>().RunGroupAsync(group, CancellationToken.None), job => Assert.NotNull(job.Removed));
        }

        var verdict = await node.Get<AuditSeals>().VerifyAsync(null, CancellationToken.None);
        Assert.Empty(verdict.Findings);
        Assert.True(verdict.Entries > 15, $"{verdict.Entries} entries");
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }
}
