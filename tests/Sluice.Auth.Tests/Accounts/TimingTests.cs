using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Accounts;

/// <summary>Time says no more than the answer.</summary>
[Collection(nameof(Alone))]
public sealed class TimingTests(ITestOutputHelper output)
{
    private const string Wrong = "a wrong evening at home";

    [Fact]
    public async Task Bar_12_however_a_sign_in_fails_it_takes_as_long()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.AutoConfirm = false;
            o.AllowList.Enabled = true;
            o.Passwords.Argon2Iterations = 3;
            (o.Lockout.FailuresPerClient, o.Lockout.FailuresPerAccount) = (100, 100);
        });
        var cases = await CasesAsync(node, database, stub);

        await output.AlikeAsync(
            [.. cases.Select(c => c.Case)],
            rounds: 40,
            async (which, _) => await StatusAsync(node, "login", new { identifier = cases[which].Identifier, password = cases[which].Password }, HttpStatusCode.Unauthorized),
            () => database.ExecuteAsync("""
                UPDATE auth_attempts SET "failuresCount" = 0, "lockedUntil" = NULL WHERE email <> 'locked@example.com';
                UPDATE auth_attempts SET "lockedUntil" = now() + interval '1 hour' WHERE email = 'locked@example.com';
                """));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'login_locked' AND \"userId\" IS DISTINCT FROM (SELECT id FROM users WHERE email = 'locked@example.com')"));
    }

    [Fact]
    public async Task Bar_14_where_accounts_wait_for_confirmation_a_known_address_takes_as_long_as_a_new_one()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            o.AutoConfirm = false;
            o.AllowList.Enabled = true;
            o.Passwords.Argon2Iterations = 3;
        });
        await AllowAsync(database, "@example.com");
        await StatusAsync(node, "register", new { email = "known@example.com", password = TestNode.Password }, HttpStatusCode.Accepted);

        await output.AlikeAsync(
            ["known", "new", "not allowed"],
            rounds: 160,
            (which, turn) => StatusAsync(node, "register", new { email = which == 0 ? "known@example.com" : $"new{turn}@{(which == 1 ? "example.com" : "elsewhere.net")}", password = TestNode.Password }, HttpStatusCode.Accepted),
            () => Task.CompletedTask);
    }

    [Fact]
    public async Task Bar_12_however_a_sign_in_fails_it_asks_the_database_the_same_()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var stub = await StubProvider.StartAsync();
        await using var node = await TestNode.StartAsync(database, o =>
        {
            stub.Use(o);
            o.AutoConfirm = !(o.AllowList.Enabled = true);
        });
        var cases = await CasesAsync(node, database, stub);
        await database.ExecuteAsync("UPDATE auth_attempts SET \"lockedUntil\" = now() + interval '1 hour' WHERE email = 'locked@example.com'");
        var asked = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                // What the node reads by itself from time to time is not the request's.
                if (Equals(a.GetTagItem("db.namespace") ?? a.GetTagItem("db.name"), database.Name) && a.GetTagItem("db.query.text") is string text
                    && !text.Contains("signing_keys", StringComparison.Ordinal) && !text.StartsWith("SELECT \"tokenHash\"", StringComparison.Ordinal))
                {
                    asked.Enqueue(text);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        var seen = new List<string>();
        foreach (var (_, identifier, password) in cases.Where(c => c.Identifier.Contains('@', StringComparison.Ordinal)))
        {
            asked.Clear();
            await StatusAsync(node, "login", new { identifier, password }, HttpStatusCode.Unauthorized);
            seen.Add(string.Join("\n---\n", asked));
        }

        var only = Assert.Single(seen.Distinct());
        Assert.Equal(["users", "auth_attempts", "audit_logs"], new[] { "users", "auth_attempts", "audit_logs" }.Where(t => only.Contains($"\"{t}\"", StringComparison.Ordinal)));
    }

    private static Task AllowAsync(TestDatabase database, string entry) => database.ExecuteAsync($"INSERT INTO allowlist (entry, \"addedAt\") VALUES ('{entry}', now())");

    private static async Task<(string Case, string Identifier, string Password)[]> CasesAsync(TestNode node, TestDatabase database, StubProvider stub)
    {
        await AllowAsync(database, "@example.com");
        // One that has never had a password: it came by a provider, and comes by it alone.
        await LinkingTests.SignInAsync(node, stub, new StubAccount("1", "provider@example.com"));
        foreach (var name in new[] { "known", "disabled", "unverified", "emptied", "provider", "locked", "removed" })
        {
            await StatusAsync(node, "register", new { email = $"{name}@example.com", password = TestNode.Password }, HttpStatusCode.Accepted);
            await StatusAsync(node, "login", new { identifier = $"{name}@example.com", password = Wrong }, HttpStatusCode.Unauthorized);
        }

        await database.ExecuteAsync("""
            UPDATE users SET "emailVerified" = now() WHERE email <> 'unverified@example.com';
            UPDATE users SET "isActive" = false WHERE email = 'disabled@example.com';
            UPDATE users SET "passwordHash" = NULL WHERE email = 'emptied@example.com';
            UPDATE users SET email = 'removed@elsewhere.net' WHERE email = 'removed@example.com';
            """);
        return
        [
            ("unknown", "unknown@example.com", TestNode.Password), ("no address", "unknown", TestNode.Password), ("wrong", "known@example.com", Wrong), ("empty", "known@example.com", ""),
            ("locked", "locked@example.com", TestNode.Password), ("disabled", "disabled@example.com", TestNode.Password),
            ("unverified", "unverified@example.com", TestNode.Password), ("password taken away", "emptied@example.com", TestNode.Password),
            ("by a provider only", "provider@example.com", TestNode.Password),
            ("removed from the list", "removed@elsewhere.net", TestNode.Password),
        ];
    }

    private static async Task StatusAsync(TestNode node, string path, object body, HttpStatusCode expected)
    {
        using var response = await node.PostAsync(path, body);
        Assert.Equal(expected, response.StatusCode);
    }
}
