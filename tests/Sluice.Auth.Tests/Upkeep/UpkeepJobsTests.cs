using Npgsql;
using Sluice.Auth.Metrics;
using Sluice.Auth.Upkeep;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Upkeep;

/// <summary>Item 42 of the security bar.</summary>
public sealed class UpkeepJobsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_42_what_is_over_goes_in_batches_and_what_is_not_stays()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database, more: o => o.Upkeep.Batch = 7);
        await database.ExecuteAsync("""
            INSERT INTO users (id, email, "createdAt", "updatedAt") SELECT '00000000-0000-0000-0000-000000000001', 'a@example.com', now(), now();
            INSERT INTO sessions (id, "userId", "refreshToken", "expiresAt", "lastUsedAt", "createdAt")
            SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001'::uuid, 'expired' || i, '2026-11-20'::timestamptz, '2026-11-20'::timestamptz, '2026-10-20'::timestamptz FROM generate_series(1, 30) i
            UNION ALL SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001'::uuid, 'idle' || i, '2027-11-20'::timestamptz, '2026-08-01'::timestamptz, '2026-08-01'::timestamptz FROM generate_series(1, 3) i
            UNION ALL SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001'::uuid, 'live' || i, '2026-11-22'::timestamptz, '2026-11-20'::timestamptz, '2026-11-20'::timestamptz FROM generate_series(1, 4) i;
            INSERT INTO token_blacklist (id, "tokenHash", "expiresAt", "userId", "revokedAt")
            SELECT gen_random_uuid(), 'expired' || i, '2026-11-21 07:59+00'::timestamptz, gen_random_uuid(), '2026-11-21'::timestamptz FROM generate_series(1, 20) i
            UNION ALL SELECT gen_random_uuid(), 'valid', '2026-11-21 08:01+00', gen_random_uuid(), '2026-11-21';
            INSERT INTO idempotency_records (id, key, route, "requestHash", "responseStatus", "responseBodyJson", "createdAt", "expiresAt")
            SELECT gen_random_uuid(), 'k' || i, 'POST /', '', 200, '{}', '2026-11-20'::timestamptz, '2026-11-21 07:57+00'::timestamptz + i * interval '1 minute' FROM generate_series(1, 5) i;
            INSERT INTO email_logs (id, recipient, template, culture, "expiresAt", "createdAt") SELECT gen_random_uuid(), 'a', 'reset', 'en', now(), '2026-11-21'::timestamptz - i * interval '30 days' FROM generate_series(1, 12) i;
            INSERT INTO password_reset_tokens VALUES ('00000000-0000-0000-0000-000000000001', 'a', '2026-11-21 07:59+00', now());
            INSERT INTO role_grants SELECT '00000000-0000-0000-0000-000000000001', 'room', i::text, 'VIEWER', NULL, now(), '2026-11-21 07:55+00'::timestamptz + i * interval '1 minute' FROM generate_series(1, 20) i;
            INSERT INTO role_grants VALUES ('00000000-0000-0000-0000-000000000001', 'room', '21', 'VIEWER', NULL, now(), NULL);
            INSERT INTO notifications (id, "userId", type, "createdAt", "readAt")
            SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001'::uuid, 'READ', '2026-01-01'::timestamptz, '2026-11-21'::timestamptz - i * interval '30 days' FROM generate_series(1, 14) i
            UNION ALL SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001'::uuid, 'UNREAD', '2020-01-01', NULL;
            INSERT INTO trusted_devices SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000001', i::text, NULL, NULL, now(), now(), '2026-11-21 07:58+00'::timestamptz + i * interval '1 minute' FROM generate_series(1, 2) i;
            INSERT INTO email_changes VALUES ('00000000-0000-0000-0000-000000000001', 'b', 'a', 'b', NULL, NULL, '00000000-0000-0000-0000-000000000001', '2026-11-21 07:59+00', now());
            INSERT INTO provider_sign_ins ("stateHash", provider, "createdAt", "expiresAt") VALUES ('over', 'github', now(), '2026-11-21 07:59+00'), ('open', 'github', now(), '2026-11-21 08:01+00');
            INSERT INTO email_verification_tokens VALUES ('00000000-0000-0000-0000-000000000001', 'a', 'a', '', 0, now(), '2026-11-21 08:01+00', now());
            INSERT INTO authorization_codes ("codeHash", "clientId", "sessionId", "redirectUri", "codeChallenge", scope, "createdAt", "expiresAt")
            SELECT 'code' || i, 'shop', (SELECT id FROM sessions WHERE "refreshToken" = 'live1'), '', '', '', now(), '2026-11-21 07:59+00'::timestamptz - i * interval '1 day' FROM generate_series(0, 2) i;
            """);

        var tokens = await node.Get<UpkeepJobs>().RunGroupAsync("tokens", Cancellation);
        var sessions = await node.Get<UpkeepJobs>().RunGroupAsync("sessions", Cancellation);

        Assert.Equal([("tokens", 20L), ("rate_limits", 0L), ("idempotency", 2L), ("challenges", 0L), ("trusted_devices", 1L), ("email_log", 10L), ("reset_links", 1L), ("confirmation_links", 0L), ("email_changes", 1L), ("invitations", 0L), ("role_grants", 4L), ("notifications", 12L), ("authorization_codes", 2L), ("provider_sign_ins", 1L)], tokens);
        Assert.Equal([("sessions", 30L), ("idle_sessions", 3L), ("attempts", 0L)], sessions);
        Assert.Equal("live1 live2 live3 live4", await database.QueryAsync("SELECT string_agg(\"refreshToken\", ' ' ORDER BY 1) FROM sessions"));
        Assert.Equal("valid", await database.QueryAsync("SELECT string_agg(\"tokenHash\", ' ') FROM token_blacklist"));
        Assert.Equal("READ READ UNREAD", await database.QueryAsync("SELECT string_agg(type, ' ' ORDER BY type) FROM notifications"));
        Assert.Contains("sluice_auth_job_removed_total{job=\"sessions\"} 30\n", node.Get<MetricsText>().Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bar_42_a_row_that_somebody_holds_is_passed_over_and_nobody_is_waited_for()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        await database.ExecuteAsync("""INSERT INTO rate_limits VALUES ('a', '2026-01-01'), ('b', '2026-01-01')""");
        await using var connection = await database.Source.OpenConnectionAsync(Cancellation);
        await using (await connection.BeginTransactionAsync(Cancellation))
        {
            await using var hold = new NpgsqlCommand("SELECT FROM rate_limits WHERE key = 'a' FOR UPDATE", connection);
            await hold.ExecuteNonQueryAsync(Cancellation);

            Assert.Equal(1, await RunAsync(node, "rate_limits", isForced: true));
        }

        Assert.Equal(1, await RunAsync(node, "rate_limits", isForced: true));
    }

    [Fact]
    public async Task Bar_42_of_two_nodes_one_runs_a_job_and_the_other_does_not_wait()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var one = new OperationNode(database);
        await using var two = new OperationNode(database);
        var (started, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var job = one.Get<UpkeepJobs>().All.Single(j => j.Name == "tokens") with
        {
            Batch = async (_, _) =>
            {
                started.SetResult();
                await end.Task;
                return 0;
            },
        };

        var leading = one.Get<UpkeepJobs>().RunAsync(job, isForced: true, Cancellation);
        await started.Task;
        Assert.Null(await RunAsync(two, "tokens", isForced: true));
        Assert.Equal(0, await RunAsync(two, "sessions", isForced: true));
        end.SetResult();
        Assert.Equal(0, await leading);
        Assert.Equal(0, await RunAsync(two, "tokens", isForced: true));
    }

    [Fact]
    public async Task A_job_is_due_once_in_its_time_for_all_nodes_together()
    {
        await using var database = await OperationNode.DatabaseAsync();
        var clock = new MovableClock();
        await using var one = new OperationNode(database, clock);
        await using var two = new OperationNode(database, clock);

        Assert.Equal(0, await RunAsync(one, "sessions", isForced: false));
        Assert.Null(await RunAsync(two, "sessions", isForced: false));
        clock.Move(TimeSpan.FromDays(1));
        Assert.Equal(0, await RunAsync(two, "sessions", isForced: false));
        Assert.Null(await RunAsync(one, "sessions", isForced: false));
    }

    [Fact]
    public async Task Bar_42_a_table_that_fills_by_the_day_stays_as_large_as_a_day()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        for (var day = 0; day < 10; day++)
        {
            await Fill(database, node);
            await RunAsync(node, "rate_limits", isForced: false);
            Assert.Equal(100L, await database.QueryAsync("SELECT count(*) FROM rate_limits"));
            node.Clock.Move(TimeSpan.FromDays(1));
        }
    }

    private static async Task Fill(TestDatabase database, OperationNode node)
    {
        await using var command = database.Source.CreateCommand("INSERT INTO rate_limits SELECT gen_random_uuid()::text, $1 + interval '1 hour' FROM generate_series(1, 100)");
        command.Parameters.Add(new NpgsqlParameter { Value = node.Database.Now });
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static Task<long?> RunAsync(OperationNode node, string job, bool isForced) =>
        node.Get<UpkeepJobs>().RunAsync(node.Get<UpkeepJobs>().All.Single(j => j.Name == job), isForced, Cancellation);
}
