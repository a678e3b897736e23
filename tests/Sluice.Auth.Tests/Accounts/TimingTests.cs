using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Sluice.Auth.Tests.Identities;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Accounts;

/// <summary>
/// Time says no more than the answer. Cases take turns, so that what else the machine does meets all of them alike; what counts is the
/// median of each, and between two of them the median of the differences.
/// </summary>
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

        await AlikeAsync(
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

        await AlikeAsync(
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

    // Once more where the machine was too busy to tell, and then it is said so. What is told apart beyond that noise fails at once.
    private async Task AlikeAsync(string[] cases, int rounds, Func<int, int, Task> request, Func<Task> prepare)
    {
        var seen = "";
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await prepare();
            var times = cases.Select(_ => new double[rounds]).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                // Each begins in turn: nobody is always behind the same.
                foreach (var which in Enumerable.Range(0, cases.Length).Select(i => (i + round) % cases.Length))
                {
                    var begun = Stopwatch.GetTimestamp();
                    await request(which, attempt * rounds + round);
                    times[which][round] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
                }
            }

            var medians = times.Select(t => t.Order().ElementAt(rounds / 2)).ToArray();
            var allowed = Math.Max(3, medians.Min() * 0.05);
            seen = string.Join(", ", cases.Zip(medians, (c, m) => string.Create(CultureInfo.InvariantCulture, $"{c} {m:0.00} ms")));
            output.WriteLine(seen);
            if (medians.Max() - medians.Min() <= allowed)
            {
                return;
            }

            Assert.False(Pairs(cases.Length).Any(p => AreApart(times[p.One].Zip(times[p.Other], (x, y) => x - y), allowed)), "Time tells them apart: " + seen);
        }

        Assert.Skip("The machine is too busy to tell: " + seen);
    }

    // The sign test: whether the median of the differences lies beyond what is allowed, but for one chance in 100,000.
    private static bool AreApart(IEnumerable<double> differences, double allowed)
    {
        var sorted = differences.Order().ToArray();
        var reach = (int)Math.Ceiling(4.3 * Math.Sqrt(sorted.Length) / 2);
        return sorted[sorted.Length / 2 - reach] > allowed || sorted[sorted.Length / 2 + reach] < -allowed;
    }

    private static IEnumerable<(int One, int Other)> Pairs(int count) =>
        from one in Enumerable.Range(0, count) from other in Enumerable.Range(one + 1, count - one - 1) select (one, other);

    private static async Task StatusAsync(TestNode node, string path, object body, HttpStatusCode expected)
    {
        using var response = await node.PostAsync(path, body);
        Assert.Equal(expected, response.StatusCode);
    }
}

/// <summary>What measures time runs when nothing else of this project does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
