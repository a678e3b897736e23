using System.Net;
using System.Text.RegularExpressions;
using Sluice.Auth.Administration;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>Lists of accounts and mails: pages, filters, and what somebody types into a search.</summary>
public sealed partial class ListTests
{
    [Fact]
    public async Task A_list_goes_on_where_it_was_whatever_is_added_meanwhile_and_no_cursor_is_made_up()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        // At the same moment, many of them: only the id tells which comes first.
        await database.ExecuteAsync("INSERT INTO users (id, email, \"createdAt\", \"updatedAt\") SELECT gen_random_uuid(), 'u' || n || '@example.com', timestamptz '2026-01-01' + n / 10 * interval '1 s', now() FROM generate_series(1, 250) n");

        var (seen, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await staff.GetAsync($"users?limit=40{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page["users"]!.AsArray().Select(u => (string)u!["email"]!));
            cursor = (string?)page["next"];
            await Staff.AccountAsync(database, $"late{seen.Count}@example.com");
        }
        while (cursor is not null);

        Assert.Equal(251, seen.Count);
        Assert.Equal(251, seen.Distinct().Count());
        Assert.Equal("root@example.com", seen[0]);
        Assert.DoesNotContain(seen, e => e.StartsWith("late", StringComparison.Ordinal));
        var next = (string)(await staff.GetAsync("users?limit=1"))["next"]!;
        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, $"users?cursor={(next[9] == 'A' ? 'B' : 'A')}{next[1..]}"));
        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, $"users?state=any&cursor={next}"));
        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, $"audit?cursor={next}"));
        Assert.Equal("400 invalid_cursor", await staff.CodeAsync(HttpMethod.Get, $"users?cursor={new string('A', 5000)}"));
        foreach (var limit in new[] { "0", "201", "-1", "1e2", "x" })
        {
            Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, $"users?limit={limit}"));
        }

        Assert.Equal(200, (await staff.GetAsync("users?limit=200"))["users"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_search_finds_what_begins_so_and_takes_no_letter_for_a_pattern()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        foreach (var name in new[] { "ada", "adam", "a_a", "a%a", @"a\a", "bob", "مريم" })
        {
            await Staff.AccountAsync(database, $"{name}@example.com");
        }

        await database.ExecuteAsync("UPDATE users SET username = 'adorno' WHERE email = 'bob@example.com'");
        var id = (string)(await database.QueryAsync("SELECT id::text FROM users WHERE email = 'bob@example.com'"))!;

        Assert.Equal(["ada", "adam", "bob"], await staff.EmailsAsync("search=ad"));
        Assert.Equal(["ada"], await staff.EmailsAsync("search=%20ADA@"));
        Assert.Equal(["a_a"], await staff.EmailsAsync("search=a_"));
        Assert.Equal(["a%a"], await staff.EmailsAsync("search=a%25"));
        Assert.Equal([@"a\a"], await staff.EmailsAsync("search=a%5C"));
        Assert.Equal(["مريم"], await staff.EmailsAsync($"search={Uri.EscapeDataString("مري")}"));
        Assert.Equal(["bob"], await staff.EmailsAsync($"search={id}"));
        Assert.Empty(await staff.EmailsAsync($"search={id[..^1]}"));
        Assert.Empty(await staff.EmailsAsync("search=%E2%80%AEada"));
        Assert.Empty(await staff.EmailsAsync("search=%27%20OR%201=1--"));
        Assert.Empty(await staff.EmailsAsync("search=%FF%FE"));
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, "users?search=a%00"));
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, $"users?search={new string('a', 255)}"));
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, "users?search=a&search=b"));
        Assert.Empty(await staff.EmailsAsync($"search={new string('a', 254)}"));
    }

    [Fact]
    public async Task A_filter_shows_who_is_locked_disabled_unverified_deleted_or_has_a_role()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var ids = new Dictionary<string, string>();
        foreach (var name in new[] { "plain", "held", "over", "guessed", "off", "new", "gone" })
        {
            ids[name] = await Staff.AccountAsync(database, $"{name}@example.com");
        }

        await staff.DoneAsync($"users/{ids["held"]}/lock", new { reason = "asked for" });
        await database.ExecuteAsync($"INSERT INTO account_locks (\"userId\", \"endsAt\", \"lockedAt\") VALUES ('{ids["over"]}', now() - interval '1 s', now() - interval '1 h')");
        await database.ExecuteAsync("INSERT INTO auth_attempts (id, email, ip, \"lockedUntil\", \"lastAttemptAt\", \"createdAt\", \"updatedAt\") VALUES (gen_random_uuid(), 'guessed@example.com', '203.0.113.7', now() + interval '5 min', now(), now(), now())");
        await staff.DoneAsync($"users/{ids["off"]}/disable");
        await database.ExecuteAsync("UPDATE users SET \"emailVerified\" = NULL WHERE email LIKE 'new@%'");
        Assert.Equal(HttpStatusCode.NoContent, await staff.StatusAsync(HttpMethod.Delete, $"users/{ids["gone"]}"));

        Assert.Equal(["guessed", "held"], await staff.EmailsAsync("state=locked"));
        Assert.Equal(["off"], await staff.EmailsAsync("state=disabled"));
        Assert.Equal(["new"], await staff.EmailsAsync("state=unverified"));
        Assert.Equal(["gone"], await staff.EmailsAsync("state=deleted"));
        Assert.Equal(["root"], await staff.EmailsAsync("role=ADMIN"));
        Assert.Equal(["guessed", "held", "new", "off", "over", "plain", "root"], await staff.EmailsAsync(""));
        Assert.Equal(8, (await staff.EmailsAsync("state=any")).Length);
        Assert.Empty(await staff.EmailsAsync("state=locked&search=pl"));
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, "users?state=happy"));
        var held = (await staff.GetAsync($"users/{ids["held"]}"))["lock"]!;
        Assert.Equal(("asked for", staff.Admin.UserId, null), ((string?)held["reason"], (string?)held["by"], (string?)held["until"]));
        Assert.Null((await staff.GetAsync($"users/{ids["over"]}"))["lock"]);
        Assert.NotNull((await staff.GetAsync($"users/{ids["guessed"]}"))["lockedOutUntil"]);
        Assert.NotNull((await staff.GetAsync($"users/{ids["gone"]}"))["deletedAt"]);
    }

    [Fact]
    public async Task Lists_of_many_walk_an_index()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        await database.ExecuteAsync("""
            INSERT INTO users (id, email, username, "createdAt", "updatedAt") SELECT gen_random_uuid(), md5(n::text) || '@example.com', 'n' || n, timestamptz '2020-01-01' + n * interval '1 s', now() FROM generate_series(1, 50000) n;
            INSERT INTO audit_logs (id, "userId", action, resource, "resourceId", "ipAddress", "requestId", "createdAt")
              SELECT gen_random_uuid(), md5((n % 5000)::text)::uuid, 'a' || n % 50, 'user', md5((n % 5000)::text)::uuid::text, '10.0.' || n % 200 || '.' || n % 250, 'r' || n, now() - n * interval '1 s' FROM generate_series(1, 50000) n;
            INSERT INTO email_logs (id, recipient, template, culture, status, "expiresAt", "createdAt")
              SELECT gen_random_uuid(), 'm' || n % 9000 || '@example.com', 'reset', 'en', 'SENT', now(), now() - n * interval '1 s' FROM generate_series(1, 50000) n;
            ANALYZE users; ANALYZE audit_logs; ANALYZE email_logs;
            """);
        var names = node.Get<AuthDatabase>().Names;
        var (user, none) = (Guid.NewGuid().ToString(), (string?)null);
        (string List, string Sql, string[] Values)[] lists =
        [
            .. from state in UserFilter.States.Append(none)
               from search in new[] { none, "3f" }
               from goesOn in new[] { false, true }
               select ($"users {state} {search} {goesOn}", UserListing.Sql(new(search, state, null), goesOn), new[] { "now()", "now()", $"'{user}'", "'3f'", "'3f\U0010FFFF'", "NULL", "'x'", "51" }),
            .. from filter in new AuditFilter[]
               {
                   new(null, null, null, null, null, null, null), new(user, null, null, null, null, null, null), new(null, user, null, null, null, null, null), new(null, null, "a7", null, null, null, null),
                   new(null, null, null, "10.0.7.7", null, null, null), new(null, null, null, null, "r7", null, null), new(null, null, "a7", null, null, DateTime.UtcNow, DateTime.UtcNow),
               }
               from goesOn in new[] { false, true }
               select ($"audit {filter} {goesOn}", AuditListing.Sql(filter, goesOn), new[] { $"'{user}'", $"'{user}'", "'a7'", "'10.0.7.7'", "'r7'", "now() - interval '1 h'", "now()", "now()", $"'{user}'", "51" }),
            .. from filter in new MailFilter[] { new(null, null, null, null), new("m7@example.com", null, null, null), new(null, null, "SENT", null) }
               from goesOn in new[] { false, true }
               select ($"mail {filter} {goesOn}", MailListing.Sql(filter, goesOn), new[] { "'m7@example.com'", $"'{user}'", "'SENT'", "'reset'", "now()", $"'{user}'", "51" }),
        ];

        await database.ExecuteAsync("CREATE FUNCTION explained(query text) RETURNS SETOF text LANGUAGE plpgsql AS 'BEGIN RETURN QUERY EXECUTE ''EXPLAIN '' || query; END'");

        foreach (var (list, written, values) in lists)
        {
            var sql = values.Index().Reverse().Aggregate(names.Sql(written), (s, v) => s.Replace($"${v.Index + 1}", v.Item, StringComparison.Ordinal));
            var plan = (string)(await database.QueryAsync($"SELECT string_agg(p, E'\\n') FROM explained($explain${sql}$explain$) p"))!;
            // Every table that a list is of; its neighbours are empty here.
            Assert.False(Walked().IsMatch(plan), $"{list}:\n{plan}");
        }
    }

    [GeneratedRegex("Seq Scan on (users|audit_logs\\w*|email_logs) ")]
    private static partial Regex Walked();
}
