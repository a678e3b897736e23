using System.Text.Json.Nodes;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Audit;

/// <summary>Item 65 of the security bar.</summary>
public sealed class AuditTests
{
    private static readonly Client Browser = new("203.0.113.7", "Browser/1.0", "request-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_65_an_event_has_who_what_where_and_the_values_without_their_secrets()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        var user = node.Database.NewId();

        await node.Get<AuditLog>().AppendAsync(
            new AuditEvent("password_changed", "user", user)
            {
                UserId = user,
                Client = Browser,
                Old = new JsonObject { ["passwordHash"] = "canary-1", ["role"] = "user" },
                New = new JsonObject
                {
                    ["name"] = "A\0da",
                    ["list"] = new JsonArray("$argon2id$v=19$canary-2", "eyJhbGciOiJI.eyJzdWIi.canary-3", new JsonObject { ["refreshToken"] = "canary-4", ["n"] = 1 }),
                    ["link"] = "postgresql://u:canary-5@host/db",
                    ["hashes"] = new JsonArray("pbkdf2_sha256$1200$canary-6", "bcrypt$$2b$12$canary-7", "$fbscrypt$v=1,canary-8", "AQAAAAIAAYagAAAAEIx" + new string('x', 50) + "canary=="),
                },
            },
            Cancellation);

        var row = (string?)await database.QueryAsync("SELECT to_jsonb(a)::text FROM audit_logs a");
        Assert.DoesNotContain("canary", row, StringComparison.Ordinal);
        var members = JsonNode.Parse(row!)!;
        Assert.Equal((user, "203.0.113.7", "Browser/1.0", "request-1", "password_changed", "user", user), (
            (string?)members["userId"], (string?)members["ipAddress"], (string?)members["userAgent"], (string?)members["requestId"], (string?)members["action"], (string?)members["resource"], (string?)members["resourceId"]));
        Assert.Equal("""{"role":"user","passwordHash":"[removed]"}""", members["oldValues"]!.ToJsonString());
        Assert.Equal("A\uFFFDda", (string?)members["newValues"]!["name"]);
        Assert.Equal(1, (int)members["newValues"]!["list"]![2]!["n"]!);
    }

    [Theory]
    [InlineData("eyJ", "")]
    [InlineData("-eyJ", ".")]
    [InlineData("eyJ", ".a")]
    [InlineData("a", "")]
    public void A_long_text_of_many_beginnings_of_tokens_is_looked_through_quickly(string beginning, string end)
    {
        var text = string.Concat(Enumerable.Repeat(beginning, 1_000_000 / beginning.Length)) + end;

        var took = ThreadClock.Measure(() => Redaction.Clean(new JsonObject { ["text"] = text }));

        // Each beginning to the end again would take minutes.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("see eyJhbGciOiJI.eyJzdWIi.c", true)]
    [InlineData("x-eyJhbGciOiJI.eyJzdWIi.c", true)]
    [InlineData("a.eyJhbGciOiJI.eyJzdWIi.c", true)]
    [InlineData("eyJeyJhbGciOiJI.eyJzdWIi.c", true)]
    [InlineData("eyJhbGciOiJI.eyJzdWIi", false)]
    [InlineData("eyJ.b.c", false)]
    public void A_token_is_found_wherever_it_stands(string text, bool isToken) =>
        Assert.Equal(isToken, Redaction.Clean(new JsonObject { ["text"] = text })!.Contains(Redaction.Removed, StringComparison.Ordinal));

    [Fact]
    public async Task Bar_65_an_event_in_the_batch_of_its_change_is_there_with_it_or_not_at_all()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        await using var batch = node.Database.Source.CreateBatch();
        batch.BatchCommands.Add(node.Get<AuditLog>().Entry(new AuditEvent("login", "session")));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1 / 0"));

        await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync(Cancellation));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM audit_logs"));

        batch.BatchCommands.RemoveAt(1);
        await batch.ExecuteNonQueryAsync(Cancellation);
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs"));
    }

    [Fact]
    public async Task Bar_65_two_nodes_that_log_and_seal_at_the_same_time_make_one_chain_of_every_row()
    {
        await using var database = await OperationNode.DatabaseAsync();
        var clock = new MovableClock();
        await using var one = new OperationNode(database, clock);
        await using var two = new OperationNode(database, clock);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var node = i % 2 == 0 ? one : two;
            await node.Get<AuditLog>().AppendAsync(new AuditEvent("login", "user") { Client = Browser }, Cancellation);
            if (i % 10 == 0)
            {
                await node.Get<AuditSeals>().SealAsync(Cancellation);
            }
        }));
        await one.Get<AuditSeals>().SealAsync(Cancellation);

        var verdict = await two.Get<AuditSeals>().VerifyAsync(null, Cancellation);
        Assert.Empty(verdict.Findings);
        Assert.Equal(200, verdict.Entries);
    }

    [Theory]
    [InlineData("UPDATE audit_logs SET action = 'logout' WHERE id = (SELECT \"logId\" FROM audit_seals WHERE position = 5)", "entry 5: row")]
    [InlineData("UPDATE audit_logs SET \"createdAt\" = \"createdAt\" - interval '1 second' WHERE id = (SELECT \"logId\" FROM audit_seals WHERE position = 5)", "entry 5: row")]
    [InlineData("UPDATE audit_logs SET \"userAgent\" = NULL, \"ipAddress\" = '203.0.113.7Browser/1.0' WHERE id = (SELECT \"logId\" FROM audit_seals WHERE position = 5)", "entry 5: row")]
    [InlineData("DELETE FROM audit_logs WHERE id = (SELECT \"logId\" FROM audit_seals WHERE position = 5)", "is missing")]
    [InlineData("DELETE FROM audit_seals WHERE position = 5", "seals 5 to 5 are missing")]
    [InlineData("UPDATE audit_seals SET seal = sha256('x') WHERE position = 5", "entry 5: row")]
    [InlineData("INSERT INTO audit_logs (id, action, resource, \"createdAt\") VALUES (gen_random_uuid(), 'login', 'user', '2026-01-01')", "has no seal")]
    [InlineData("DELETE FROM audit_logs WHERE id IN (SELECT \"logId\" FROM audit_seals WHERE position > 7); DELETE FROM audit_seals WHERE position > 7", "it was cut short")]
    [InlineData("DELETE FROM audit_logs; DELETE FROM audit_seals", "it was cut short")]
    public async Task Bar_65_whatever_is_done_to_the_log_afterwards_is_found(string tampering, string finding)
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = await WithTenAsync(database);
        var head = (await node.Get<AuditSeals>().VerifyAsync(null, Cancellation)).Head;

        await database.ExecuteAsync(tampering);

        Assert.Contains((await node.Get<AuditSeals>().VerifyAsync(head, Cancellation)).Findings, f => f.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bar_65_who_has_the_database_but_not_the_secret_cannot_make_the_chain_anew()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = await WithTenAsync(database);
        await database.ExecuteAsync("UPDATE audit_logs SET action = 'logout'; DELETE FROM audit_seals");
        await using var thief = new OperationNode(database, node.Clock, o => o.Secret = Convert.ToBase64String(new byte[32]));
        Assert.Equal(10, await thief.Get<AuditSeals>().SealAsync(Cancellation));

        Assert.Equal(10, (await node.Get<AuditSeals>().VerifyAsync(null, Cancellation)).Findings.Count);
    }

    [Fact]
    public async Task Bar_65_the_role_of_the_documentation_adds_to_the_log_and_changes_nothing_in_it()
    {
        await using var database = await OperationNode.DatabaseAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/auth-audit.md"), Cancellation);
        var sql = page.Split("```sql\n")[1].Split("```")[0];
        var role = "auth_" + database.Name;
        try
        {
            await database.ExecuteAsync(sql.Replace("sluice_auth", role, StringComparison.Ordinal));
            await database.ExecuteAsync($"SET ROLE {role}; INSERT INTO audit_logs (id, action, resource, \"createdAt\") VALUES (gen_random_uuid(), 'a', 'b', now()); SELECT * FROM audit_logs; RESET ROLE");

            foreach (var forbidden in new[] { "UPDATE audit_logs SET action = 'x'", "DELETE FROM audit_logs", "TRUNCATE audit_logs", "DELETE FROM audit_seals", "UPDATE audit_seals SET seal = ''" })
            {
                await using var connection = await database.Source.OpenConnectionAsync(Cancellation);
                await using var command = new NpgsqlCommand($"SET ROLE {role}; {forbidden}", connection);
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation))).SqlState);
            }
        }
        finally
        {
            await database.ExecuteAsync($"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task Bar_65_a_year_later_a_month_goes_as_a_whole_and_what_is_left_still_verifies()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        var (log, seals, months) = (node.Get<AuditLog>(), node.Get<AuditSeals>(), node.Get<AuditMonths>());
        // One before there are months, and then one a month.
        await log.AppendAsync(new AuditEvent("login", "user"), Cancellation);
        for (var month = 0; month < 15; month++)
        {
            await months.PrepareAsync(Cancellation);
            await log.AppendAsync(new AuditEvent("login", "user"), Cancellation);
            await seals.SealAsync(Cancellation);
            node.Clock.Move(TimeSpan.FromDays(31));
        }

        Assert.Empty((await seals.VerifyAsync(null, Cancellation)).Findings);

        var dropped = await months.DropAsync(Cancellation);
        var deleted = await months.DeleteRowsAsync(1000, Cancellation);
        await months.DeleteSealsAsync(1000, Cancellation);

        Assert.Equal((3, 2), (dropped, deleted));
        var verdict = await seals.VerifyAsync(null, Cancellation);
        Assert.Empty(verdict.Findings);
        Assert.Equal(16, verdict.Entries);
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM audit_logs WHERE \"createdAt\" < '2027-03-01'"));
        await database.ExecuteAsync("UPDATE audit_logs SET action = 'x' WHERE \"createdAt\" = (SELECT max(\"createdAt\") FROM audit_logs)");
        Assert.Single((await seals.VerifyAsync(null, Cancellation)).Findings);
    }

    [Fact]
    public async Task What_happens_while_its_month_is_made_is_logged()
    {
        // A month that has waited too long for its table is left for the next look, and then nothing happened while it was made.
        var left = -1L;
        for (var i = 0; i < 10 && left < 0; i++)
        {
            left = await LoggedWhileMakingAsync();
        }

        Assert.Equal(0, left);
    }

    [Fact]
    public async Task Nodes_that_start_together_make_a_month_once()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var one = new OperationNode(database);
        await using var two = new OperationNode(database);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => MakeAsync(i % 2 == 0 ? one : two)));

        await one.Get<AuditMonths>().PrepareAsync(Cancellation);
        Assert.Equal(4L, await database.QueryAsync("SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass"));

        static async Task MakeAsync(OperationNode node)
        {
            try
            {
                await node.Get<AuditMonths>().PrepareAsync(Cancellation);
            }
            catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                // It would come back at the next look.
            }
        }
    }

    /// <returns>How many rows are in no month of their own; -1 where the month was not made.</returns>
    private static async Task<long> LoggedWhileMakingAsync()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        await using var reading = new NpgsqlConnection(database.ConnectionString);
        await reading.OpenAsync(Cancellation);
        await using var transaction = await reading.BeginTransactionAsync(Cancellation);
        await using (var look = new NpgsqlCommand("LOCK TABLE audit_logs_rest IN ACCESS SHARE MODE", reading, transaction))
        {
            await look.ExecuteNonQueryAsync(Cancellation);
        }

        // The month waits for the reader, and what happens waits for the month.
        var making = node.Get<AuditMonths>().PrepareAsync(Cancellation);
        await WaitingAsync(1);
        var logging = node.Get<AuditLog>().AppendAsync(new AuditEvent("login", "user"), Cancellation);
        await WaitingAsync(2);
        await transaction.CommitAsync(Cancellation);

        await logging;
        Assert.Equal(1L, await database.QueryAsync("SELECT count(*) FROM audit_logs"));
        try
        {
            await making;
            return (long)(await database.QueryAsync("SELECT count(*) FROM audit_logs_rest"))!;
        }
        catch (PostgresException late) when (late.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return -1;
        }

        Task WaitingAsync(long many) => Wait.UntilAsync(
            async () => making.IsCompleted || await database.WaitingAsync() == many, $"no {many} wait");
    }

    private static async Task<OperationNode> WithTenAsync(TestDatabase database)
    {
        var node = new OperationNode(database);
        for (var i = 0; i < 10; i++)
        {
            node.Clock.Move(TimeSpan.FromSeconds(1));
            await node.Get<AuditLog>().AppendAsync(new AuditEvent("login", "user") { Client = Browser }, Cancellation);
        }

        Assert.Equal(10, await node.Get<AuditSeals>().SealAsync(Cancellation));
        return node;
    }
}
