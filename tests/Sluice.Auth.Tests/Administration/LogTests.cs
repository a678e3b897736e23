using System.Net;
using System.Text.Json.Nodes;
using Sluice.Auth.Administration;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Administration;

/// <summary>The audit log as it is read and taken away, the keys, the import, and the figures.</summary>
public sealed class LogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_audit_log_is_filtered_by_whom_who_what_where_and_when_and_goes_on_by_a_cursor()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var (ada, bob) = (Guid.NewGuid(), Guid.NewGuid());
        await database.ExecuteAsync($"""
            INSERT INTO audit_logs (id, "userId", action, resource, "resourceId", "ipAddress", "requestId", "createdAt") VALUES
              (gen_random_uuid(), '{ada}', 'login', 'user', '{ada}', '203.0.113.7', 'r1', '2026-01-01T10:00:00Z'),
              (gen_random_uuid(), '{bob}', 'account_disabled', 'user', '{ada}', '203.0.113.8', 'r2', '2026-01-02T10:00:00Z'),
              (gen_random_uuid(), '{bob}', 'login', 'user', '{bob}', '2001:db8::1', 'r3', '2026-01-03T10:00:00Z');
            """);

        Assert.Equal("r2 r1", await OfAsync($"user={ada}"));
        Assert.Equal("r3 r2", await OfAsync($"actor={bob}"));
        Assert.Equal("r2", await OfAsync($"user={ada}&actor={bob}"));
        Assert.Equal("r3 r1", await OfAsync("action=login"));
        Assert.Equal("r3", await OfAsync("ip=2001:db8::1"));
        Assert.Equal("r1", await OfAsync("requestId=r1"));
        Assert.Equal("r2", await OfAsync("since=2026-01-02&until=2026-01-03T00:00:00Z"));
        Assert.Equal("", await OfAsync("requestId=%25"));
        foreach (var wrong in new[] { "since=yesterday", "user=everybody", "limit=1000", "action=a%00", "since=0001-01-01" })
        {
            Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, $"audit?{wrong}"));
        }

        await database.ExecuteAsync($"INSERT INTO audit_logs (id, action, resource, \"resourceId\", \"createdAt\") SELECT gen_random_uuid(), 'tick', 'user', n::text, '2026-02-01' FROM generate_series(1, 95) n");
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = await staff.GetAsync($"audit?action=tick&limit=20{cursor}");
            seen.AddRange(page["events"]!.AsArray().Select(e => (string)e!["resourceId"]!));
            cursor = (string?)page["next"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(95, seen.Count);
        Assert.Equal(95, seen.Distinct().Count());

        async Task<string> OfAsync(string query) => string.Join(' ', (await staff.GetAsync($"audit?{query}"))["events"]!.AsArray().Select(e => (string?)e!["requestId"]));
    }

    [Fact]
    public async Task An_export_is_every_event_in_lines_that_no_table_program_takes_for_formulas_and_is_itself_in_the_log()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        // One connection: who reads slowly must not hold it.
        await using var node = await TestNode.StartAsync(database, o => o.DatabaseUrl = $"{database.Url}{(database.Url.Contains('?', StringComparison.Ordinal) ? "&" : "?")}connection_limit=1");
        var staff = await Staff.OfAsync(node, database);
        await database.ExecuteAsync("""
            INSERT INTO audit_logs (id, action, resource, "userAgent", "createdAt") SELECT gen_random_uuid(), 'tick', 'user', repeat('a', 300), '2026-02-01' FROM generate_series(1, 25000) n;
            INSERT INTO audit_logs (id, action, resource, "userAgent", "oldValues", "createdAt") VALUES
              (gen_random_uuid(), 'formula', 'user', '=HYPERLINK("http://evil.example","x")', '{"a": "b,\"c\""}', '2026-02-02'), (gen_random_uuid(), 'formula', 'user', E'\t=1+1', NULL, '2026-02-02'),
              (gen_random_uuid(), 'formula', 'user', '-2+3', NULL, '2026-02-02'), (gen_random_uuid(), 'formula', 'user', '@SUM(1)', NULL, '2026-02-02');
            """);

        var lines = 0;
        using (var response = await node.Client.SendAsync(Request("format=ndjson&action=tick"), HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            Assert.Equal(("application/x-ndjson", HttpStatusCode.OK), (response.Content.Headers.ContentType!.MediaType, response.StatusCode));
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
            while (await reader.ReadLineAsync(Cancellation) is { } line)
            {
                if (lines++ == 10)
                {
                    await staff.GetAsync("users");
                }

                Assert.Equal("tick", (string?)JsonNode.Parse(line)!["action"]);
            }
        }

        Assert.Equal(25000, lines);
        using var csv = await node.Client.SendAsync(Request("format=csv&action=formula"), Cancellation);
        var rows = (await csv.Content.ReadAsStringAsync(Cancellation)).Split("\r\n");
        Assert.Equal(("text/csv", 6, ""), (csv.Content.Headers.ContentType!.MediaType, rows.Length, rows[^1]));
        Assert.All(rows[1..^1], r => Assert.DoesNotMatch("\"[=+\\-@\t]", r));
        Assert.Contains(rows, r => r.Contains("\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\"", StringComparison.Ordinal) && r.Contains("\"{\"\"a\"\": \"\"b,\\\"\"c\\\"\"\"\"}\"", StringComparison.Ordinal));
        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'audit_exported'"));
        Assert.Contains("\"format\": \"csv\"", await staff.AuditedAsync("audit_exported"), StringComparison.Ordinal);
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Get, "audit/export?format=xlsx"));

        HttpRequestMessage Request(string query)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, $"/auth/v1/admin/audit/export?{query}");
            request.Headers.Authorization = new("Bearer", staff.Admin.Access);
            return request;
        }
    }

    [Theory]
    [InlineData("=1", "\"'=1\"")]
    [InlineData(" +1", "\"' +1\"")]
    [InlineData("\uFF1D1", "\"'\uFF1D1\"")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("a=1", "\"a=1\"")]
    [InlineData(null, "\"\"")]
    public void A_cell_is_quoted_and_no_formula(string? text, string cell) => Assert.Equal(cell, AuditExport.Cell(text));

    [Fact]
    public async Task A_key_that_is_rotated_says_from_when_it_signs_and_a_second_one_does_not_come_before()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);

        var first = (await staff.ReadAsync(HttpMethod.Post, "keys/rotate", null))["keys"]!.AsArray();
        var second = (await staff.ReadAsync(HttpMethod.Post, "keys/rotate", null))["keys"]!.AsArray();

        Assert.Equal(["signs", "waits"], first.Select(k => (string)k!["status"]!));
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.InRange(DateTimeOffset.Parse((string)first[1]!["signsFrom"]!, null) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(11));
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE action = 'keys_rotated'"));
        Assert.Contains((string)first[1]!["kid"]!, await staff.AuditedAsync("keys_rotated"), StringComparison.Ordinal);
        Assert.Equal(first.ToJsonString(), (await staff.GetAsync("keys"))["keys"]!.ToJsonString());
        Assert.DoesNotContain("rivate", first.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_JSON_become_accounts_and_the_audit_has_who_brought_them()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        const string Lines = "{\"email\":\"ada@example.com\"}\n{\"email\":\"nobody\"}\n{\"email\":\"bob@example.com\"}\n";

        var tried = await ImportAsync("?dryRun=true", Lines);
        var done = await ImportAsync("", Lines);

        Assert.Equal((3, 2, 1, true), ((int)tried["lines"]!, (int)tried["added"]!, (int)tried["rejected"]!, (bool)tried["dryRun"]!));
        Assert.StartsWith("line 2 ", (string)done["problems"]!.AsArray().Single()!, StringComparison.Ordinal);
        Assert.Equal(2L, await database.QueryAsync("SELECT count(*) FROM users WHERE email IN ('ada@example.com', 'bob@example.com')"));
        Assert.StartsWith("t ", await staff.AuditedAsync("accounts_imported"), StringComparison.Ordinal);
        Assert.Equal((2, 1), ((int)(await ImportAsync("?onConflict=skip", Lines))["unchanged"]!, (int)done["rejected"]!));
        Assert.Equal(100, (await ImportAsync("", string.Concat(Enumerable.Repeat("no\n", 300))))["problems"]!.AsArray().Count);
        // The administrators' role is given to one account at a time, as the audit then has it.
        Assert.Equal((1, 0), await ImportAsync("", "{\"email\":\"eve@example.com\",\"role\":\"ADMIN\"}\n") is var raised ? ((int)raised["rejected"]!, (int)raised["added"]!) : default);
        Assert.Equal("400 invalid_request", await staff.CodeAsync(HttpMethod.Post, "import?onConflict=perhaps", new { email = "x@example.com" }));
        Assert.Equal("415 unsupported_media_type", await staff.CodeAsync(HttpMethod.Post, "import"));

        async Task<JsonNode> ImportAsync(string query, string lines)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/auth/v1/admin/import{query}") { Content = new StringContent(lines, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson")) };
            request.Headers.Authorization = new("Bearer", staff.Admin.Access);
            return await Factors.App.ReadAsync(await node.Client.SendAsync(request, Cancellation), HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task The_figures_are_those_of_a_day_and_of_a_week()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var staff = await Staff.OfAsync(node, database);
        var (held, off, gone) = (await Staff.AccountAsync(database, "held@example.com"), await Staff.AccountAsync(database, "off@example.com"), await Staff.AccountAsync(database, "gone@example.com"));
        await staff.DoneAsync($"users/{held}/lock", new { });
        await staff.DoneAsync($"users/{off}/disable");
        await staff.StatusAsync(HttpMethod.Delete, $"users/{gone}");
        await database.ExecuteAsync($"""
            INSERT INTO mfa_factors (id, "userId", secret, "keyId", "createdAt", "activatedAt") SELECT gen_random_uuid(), '{held}', '', 'k', now(), at FROM unnest(ARRAY[now(), now(), NULL]) at;
            INSERT INTO audit_logs (id, action, resource, "createdAt") SELECT gen_random_uuid(), action, 'user', now() - age FROM unnest(ARRAY['login_failed', 'login_locked', 'client_locked', 'refresh_reuse_detected', 'login']) action,
              unnest(ARRAY[interval '1 h', interval '25 h', interval '8 d']) age;
            INSERT INTO email_logs (id, recipient, template, culture, status, "expiresAt", "createdAt") VALUES (gen_random_uuid(), 'x', 'reset', 'en', 'FAILED', now(), now() - interval '2 d');
            """);

        var figures = await staff.GetAsync("statistics");

        Assert.Equal("""{"total":3,"disabled":1,"locked":1,"unverified":0,"deleted":1,"withFactor":1,"factorCoverage":0.3333}""", figures["accounts"]!.ToJsonString());
        Assert.Equal(1, (int)figures["activeSessions"]!);
        Assert.Equal(
            [
                """{"hours":24,"registrations":0,"signIns":1,"failedSignIns":2,"lockouts":1,"reuseDetections":1,"passwordResets":0,"mailsSent":0,"mailsFailed":0,"mailsBounced":0}""",
                """{"hours":168,"registrations":0,"signIns":2,"failedSignIns":4,"lockouts":2,"reuseDetections":2,"passwordResets":0,"mailsSent":0,"mailsFailed":1,"mailsBounced":0}""",
            ],
            figures["windows"]!.AsArray().Select(w => w!.ToJsonString()));
    }
}
