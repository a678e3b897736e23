using Npgsql;
using Sluice.Auth.Sessions;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Sessions;

public sealed class RotationTests
{
    private const int Many = 40;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refreshes_that_come_while_others_are_on_their_way_share_one_commit()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var tokens = await SessionsAsync(node, database, Many);
        var began = Convert.ToInt64(await database.QueryAsync("SELECT pg_current_xact_id()::text::bigint"), null);

        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var holding = await HoldTableAsync(connection);
        var rotations = node.Get<Rotations>();
        var first = await SendTwoAsync(rotations, tokens, database);
        var others = tokens[2..].Select(t => rotations.RotateAsync(t, null, null, Stop)).ToList();
        // Two on their way, and no more.
        Assert.Equal(2, await WaitingAsync(database));
        var freed = DateTime.UtcNow;
        await holding.RollbackAsync(Stop);
        var families = await Task.WhenAll([.. first, .. others]);

        Assert.All(tokens.Zip(families), f => Assert.Equal(RefreshToken.Hash(RefreshToken.Successor(f.First, f.Second!.SuccessorSalt), null), f.Second.InForce));
        Assert.Equal(Many, families.Select(f => f!.SessionId).Distinct().Count());
        Assert.Equal((long)Many, await database.QueryAsync("SELECT count(*) FROM refresh_tokens r JOIN sessions s ON s.id = r.\"sessionId\" WHERE r.generation = 1 AND s.\"refreshToken\" <> r.\"tokenHash\""));
        Assert.Equal(3L, await database.QueryAsync($"SELECT count(DISTINCT xmin::text) FROM sessions WHERE xmin::text::bigint > {began}"));
        Assert.Equal(2, families.Count(f => f!.SupersededAt.UtcDateTime < freed));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_the_ones_before_keeps_the_next_waiting_for_a_moment_only()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var tokens = await SessionsAsync(node, database, 3);
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var holding = await HoldTableAsync(connection);

        var rotations = node.Get<Rotations>();
        var first = await SendTwoAsync(rotations, tokens, database);
        var next = rotations.RotateAsync(tokens[2], null, null, Stop);
        await Wait.UntilAsync(async () => await WaitingAsync(database) == 3, "the next is not sent");

        await holding.RollbackAsync(Stop);
        Assert.All(await Task.WhenAll([.. first, next]), Assert.NotNull);
    }

    [Fact]
    public async Task A_session_that_somebody_holds_keeps_no_other_waiting_and_goes_on_after()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var tokens = await SessionsAsync(node, database, Many);

        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var holding = await connection.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand("SELECT FROM sessions WHERE \"refreshToken\" = ANY($1) FOR UPDATE", connection) { Parameters = { new() { Value = tokens[..8].Select(RandomToken.Hash).ToArray() } } })
        {
            await hold.ExecuteNonQueryAsync(Stop);
        }

        var held = Task.WhenAll(tokens[..8].Select(node.RefreshAsync));
        await Task.WhenAll(tokens[8..].Select(node.RefreshAsync)).WaitAsync(Wait.Patience, Stop);

        Assert.False(held.IsCompleted);
        await holding.RollbackAsync(Stop);
        await held;
    }

    [Fact]
    public async Task What_goes_together_is_refused_alone()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        await using var node = await TestNode.StartAsync(database);
        var tokens = await SessionsAsync(node, database, 4);
        await database.ExecuteAsync($"""UPDATE sessions SET "expiresAt" = now() WHERE "refreshToken" = '{RandomToken.Hash(tokens[1])}'""");

        var rotations = node.Get<Rotations>();
        var families = await Task.WhenAll(tokens.Append(RandomToken.New()).Select(t => rotations.RotateAsync(t, null, null, Stop)));

        Assert.Equal([true, false, true, true, false], families.Select(f => f is not null));
    }

    // One after the other: at once they would go together.
    private static async Task<Task<Family?>[]> SendTwoAsync(Rotations rotations, string[] tokens, TestDatabase database)
    {
        var first = rotations.RotateAsync(tokens[0], null, null, Stop);
        await Wait.UntilAsync(async () => await WaitingAsync(database) == 1, "the first does not wait");
        var second = rotations.RotateAsync(tokens[1], null, null, Stop);
        await Wait.UntilAsync(async () => await WaitingAsync(database) == 2, "the second does not wait");
        return [first, second];
    }

    private static async Task<NpgsqlTransaction> HoldTableAsync(NpgsqlConnection connection)
    {
        var holding = await connection.BeginTransactionAsync(Stop);
        await using var hold = new NpgsqlCommand("LOCK TABLE sessions IN EXCLUSIVE MODE", connection);
        await hold.ExecuteNonQueryAsync(Stop);
        return holding;
    }

    private static async Task<long> WaitingAsync(TestDatabase database) =>
        (long)(await database.QueryAsync("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'sessions'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))!;

    // Of one account, each with a token that is in force.
    private static async Task<string[]> SessionsAsync(TestNode node, TestDatabase database, int count)
    {
        await node.RegisterAsync();
        var tokens = Enumerable.Range(0, count).Select(_ => RandomToken.New()).ToArray();
        await using var command = database.Source.CreateCommand("""
            INSERT INTO sessions (id, "userId", "refreshToken", "expiresAt", "lastUsedAt", "createdAt")
            SELECT gen_random_uuid(), "userId", token, "expiresAt", "lastUsedAt", "createdAt" FROM sessions, unnest($1) AS token
            """);
        command.Parameters.Add(new() { Value = tokens.Select(RandomToken.Hash).ToArray() });
        await command.ExecuteNonQueryAsync(Stop);
        return tokens;
    }
}
