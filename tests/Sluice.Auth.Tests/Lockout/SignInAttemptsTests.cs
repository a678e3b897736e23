using Sluice.Auth.Lockout;
using Sluice.Auth.Web;
using Sluice.Auth.Metrics;
using Xunit;

namespace Sluice.Auth.Tests.Lockout;

/// <summary>Items 15 to 18 of the security bar.</summary>
public sealed class SignInAttemptsTests
{
    private const string Owner = "ada@example.com";
    private const string Home = "203.0.113.7";
    private const string Elsewhere = "198.51.100.9";

    [Fact]
    public async Task Bar_15_ten_wrong_passwords_lock_their_client_against_the_right_one_too_and_no_other_client()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);

        for (var i = 1; i <= 10; i++)
        {
            var wrong = await TryAsync(node, Home, isRight: false);
            Assert.Equal((false, false, i == 10), (wrong.IsAdmitted, wrong.IsLocked, wrong.LockedClient));
        }

        var locked = await TryAsync(node, Home, isRight: true);
        Assert.Equal((false, true), (locked.IsAdmitted, locked.IsLocked));
        Assert.True((await TryAsync(node, Elsewhere, isRight: true)).IsAdmitted);
        Assert.Contains("sluice_auth_lockouts_total{scope=\"client\"} 1\n", node.Get<MetricsText>().Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bar_16_of_a_hundred_guesses_at_once_on_two_nodes_ten_are_answered_and_one_lock_is_set()
    {
        await using var database = await OperationNode.DatabaseAsync();
        var clock = new MovableClock();
        await using var one = new OperationNode(database, clock);
        await using var two = new OperationNode(database, clock);

        var guesses = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => TryAsync(i % 2 == 0 ? one : two, Home, isRight: false)));

        Assert.Equal((10, 90, 1), (guesses.Count(g => !g.IsLocked), guesses.Count(g => g.IsLocked), guesses.Count(g => g.LockedClient)));
        Assert.Equal("10,10", await database.QueryAsync("SELECT string_agg(\"failuresCount\"::text, ',') FROM auth_attempts"));
        Assert.False((await TryAsync(two, Home, isRight: true)).IsAdmitted);
    }

    [Fact]
    public async Task Right_passwords_at_once_all_get_in()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => TryAsync(node, Home, isRight: true))), d => Assert.True(d.IsAdmitted));
    }

    [Fact]
    public async Task Bar_17_a_lock_doubles_up_to_its_cap_and_ends_by_time_and_by_reset()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        for (var i = 0; i < 10; i++)
        {
            await TryAsync(node, Home, isRight: false);
        }

        var locks = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            locks.Add(Convert.ToDouble(await database.QueryAsync("SELECT extract(epoch FROM \"lockedUntil\" - \"lastAttemptAt\")::float8 FROM auth_attempts WHERE ip IS NOT NULL"), System.Globalization.CultureInfo.InvariantCulture));
            Assert.True((await TryAsync(node, Home, isRight: true)).IsLocked);
            node.Clock.Move(TimeSpan.FromSeconds(locks[^1]));
            Assert.False((await TryAsync(node, Home, isRight: false)).IsLocked);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900], locks);

        await using (var reset = node.Database.Source.CreateBatch())
        {
            reset.BatchCommands.Add(node.Get<SignInAttempts>().Unlocking(Owner));
            await reset.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.True((await TryAsync(node, Home, isRight: true)).IsAdmitted);
    }

    [Fact]
    public async Task Bar_18_an_account_under_attack_is_closed_to_strangers_and_open_to_the_client_and_the_device_that_know_it()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        var cookie = node.Get<DeviceCookie>().Issue(Owner, node.Clock.GetUtcNow());
        Assert.True((await TryAsync(node, Home, isRight: true)).IsAdmitted);

        var attack = new List<SignInDecision>();
        for (var i = 0; i < 60; i++)
        {
            attack.Add(await TryAsync(node, $"192.0.2.{i}", isRight: false));
        }

        Assert.Equal((50, 1), (attack.Count(a => !a.IsLocked), attack.Count(a => a.LockedAccount)));
        Assert.False((await TryAsync(node, Elsewhere, isRight: true)).IsAdmitted);
        var device = node.Get<DeviceCookie>().Read(Owner, cookie, node.Clock.GetUtcNow());
        // A guess by the owner does not end the attack's lock, and a right password does.
        Assert.False((await TryAsync(node, Home, isRight: false)).IsLocked);
        Assert.True((await TryAsync(node, Elsewhere, isRight: true, device)).IsAdmitted);
        Assert.True((await TryAsync(node, Elsewhere, isRight: true)).IsAdmitted);
    }

    [Fact]
    public async Task Bar_18_a_known_client_gets_in_while_the_account_is_locked()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        Assert.True((await TryAsync(node, Home, isRight: true)).IsAdmitted);
        for (var i = 0; i < 50; i++)
        {
            await TryAsync(node, $"192.0.2.{i}", isRight: false);
        }

        Assert.True((await TryAsync(node, Elsewhere, isRight: true)).IsLocked);
        var known = await TryAsync(node, Home, isRight: true);
        Assert.Equal((true, true), (known.IsAdmitted, known.IsKnown));
    }

    [Fact]
    public async Task Bar_20_a_success_says_how_many_failures_came_before_it_and_whether_its_client_is_new()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);
        await TryAsync(node, Home, isRight: false);
        await TryAsync(node, Home, isRight: false);

        var first = await TryAsync(node, Home, isRight: true);
        var second = await TryAsync(node, Home, isRight: true);

        Assert.Equal((2, false), (first.FailuresBefore, first.IsKnown));
        Assert.Equal((0, true), (second.FailuresBefore, second.IsKnown));
    }

    [Fact]
    public async Task A_client_without_an_address_has_a_count_of_its_own_and_what_is_no_address_is_not_kept_as_typed()
    {
        await using var database = await OperationNode.DatabaseAsync();
        await using var node = new OperationNode(database);

        await node.Get<SignInAttempts>().DecideAsync(new Attempt("my password, typed above", null, new Client(null, null, "request"), null), isRight: false, TestContext.Current.CancellationToken);

        Assert.Equal("-,unknown", await database.QueryAsync("SELECT string_agg(coalesce(ip, '-'), ',' ORDER BY ip NULLS FIRST) FROM auth_attempts WHERE email LIKE 'sha256:%'"));
        Assert.Equal(0L, await database.QueryAsync("SELECT count(*) FROM auth_attempts a WHERE a::text LIKE '%password%'"));
    }

    private static Task<SignInDecision> TryAsync(OperationNode node, string ip, bool isRight, string? device = null) =>
        node.Get<SignInAttempts>().DecideAsync(new Attempt(Owner, null, new Client(ip, null, "request"), device), isRight, TestContext.Current.CancellationToken);
}
