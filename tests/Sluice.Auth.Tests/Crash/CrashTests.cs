using System.Diagnostics;
using Npgsql;
using Sluice.Auth.Storage;
using Sluice.Auth.Tests.Support;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Crash;

/// <summary>Nodes and the server are killed while clients sign in and refresh: item 66 of the security bar, and 35 and 36 in earnest.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private const int Kills = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bar_66_nodes_that_are_killed_lose_no_session_and_issue_no_token_twice()
    {
        await using var database = await TestNode.NewDatabaseAsync();
        var nodes = await Task.WhenAll(StartAsync(), StartAsync());
        try
        {
            using var traffic = new Traffic(() => nodes[Random.Shared.Next(nodes.Length)].Address);
            await UnderLoadAsync(traffic, async () =>
            {
                for (var kill = 0; kill < Kills; kill++)
                {
                    await DoneAsync(traffic, traffic.Done + 100 + Random.Shared.Next(100));
                    var at = Random.Shared.Next(nodes.Length);
                    await nodes[at].KillAsync();
                    var killed = nodes[at];
                    nodes[at] = await StartAsync();
                    await killed.DisposeAsync();
                }

                await DoneAsync(traffic, 1000);
            });

            Assert.True(traffic.Unanswered > 0, "no kill met a request");
            Assert.Equal(0, traffic.Unavailable);
            await EverythingIsInOrderAsync(traffic, database.Source);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(database.Url, ("SluiceAuth__Upkeep__Enabled", "false"));
    }

    [Fact]
    public async Task Bar_66_a_database_that_is_restarted_under_load_costs_time_and_nothing_else()
    {
        var cluster = await TestCluster.StartThrowAwayAsync();
        try
        {
            await using (var admin = NpgsqlDataSource.Create(cluster.Connection()))
            {
                // A throw-away cluster is told not to wait for its own log: what it had confirmed last would be gone with it.
                await using var careful = admin.CreateCommand("ALTER DATABASE postgres SET synchronous_commit = on");
                await careful.ExecuteNonQueryAsync(Cancellation);
            }

            await using var one = await TestNode.StartAsync(cluster.Url("postgres"), o => o.MigrateOnStart = true);
            await using var two = await TestNode.StartAsync(cluster.Url("postgres"));
            using var traffic = new Traffic(() => (Random.Shared.Next(2) == 0 ? one : two).Client.BaseAddress!) { Verified = "/mine" };
            var recoveries = new List<TimeSpan>();
            await UnderLoadAsync(traffic, async () =>
            {
                foreach (var end in new Func<Task>[] { () => cluster.StopAsync(Cancellation), StopAtOnceAsync, KillBackendAsync })
                {
                    await DoneAsync(traffic, traffic.Done + 250);
                    var before = traffic.Unavailable;
                    await end();
                    await Wait.UntilAsync(() => traffic.Unavailable > before, "nobody met the outage");
                    await cluster.StartAsync(Cancellation);
                    var back = Stopwatch.GetTimestamp();
                    await DoneAsync(traffic, traffic.Done + (2 * Clients));
                    recoveries.Add(Stopwatch.GetElapsedTime(back));
                }

                await DoneAsync(traffic, 1000);
            });

            // The quickest: what else the machine does meets some of them.
            output.WriteLine($"recovered within {string.Join(", ", recoveries.Select(r => $"{r.TotalSeconds:0.0} s"))}");
            Assert.InRange(recoveries.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(5));
            Assert.Equal(0, traffic.Unanswered);
            await using var source = NpgsqlDataSource.Create(cluster.Connection());
            await EverythingIsInOrderAsync(traffic, source);
        }
        finally
        {
            await cluster.StopAsync(CancellationToken.None);
        }

        // As after a power cut: nobody is told, nothing is written, and the log is replayed at the next start.
        async Task StopAtOnceAsync()
        {
            await SignalAsync("QUIT", int.Parse(File.ReadLines(Path.Combine(cluster.DataFolder, "postmaster.pid")).First(), System.Globalization.CultureInfo.InvariantCulture));
            await Wait.UntilAsync(() => cluster.State() is not Postgres.Local.ClusterState.Running, "the server did not stop");
        }

        // One of the server's own processes dies: it ends all others, and recovers by itself.
        async Task KillBackendAsync()
        {
            await using var connection = new NpgsqlConnection(cluster.Connection().ConnectionString);
            await connection.OpenAsync(Cancellation);
            await SignalAsync("KILL", connection.ProcessID);
        }
    }

    private async Task UnderLoadAsync(Traffic traffic, Func<Task> disturb)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var started = Stopwatch.GetTimestamp();
        var clients = Enumerable.Range(0, Clients).Select(_ => traffic.RunAsync(stop.Token)).ToList();
        var disturbing = disturb();
        // A client that ends by itself has failed: say so at once.
        await Task.WhenAny([disturbing, .. clients]);
        await Task.WhenAny(disturbing);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(traffic.Wrongs);
        await disturbing;
        output.WriteLine($"{traffic.Done} sign-ins and refreshes, {traffic.Unanswered} without an answer, {traffic.Unavailable} told to come again, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    /// <summary>Every session goes on with the last token that its client has, and has one line of descent.</summary>
    private static async Task EverythingIsInOrderAsync(Traffic traffic, NpgsqlDataSource database)
    {
        var sessions = traffic.Sessions.ToList();
        await Parallel.ForEachAsync(sessions, new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = Cancellation }, async (s, stop) => await traffic.RefreshAsync(s, stop));
        Assert.Empty(traffic.Wrongs);

        var families = await FamiliesAsync(database);
        foreach (var session in sessions)
        {
            var id = session[0].Claim("sid");
            Assert.All(session, s => Assert.Equal(id, s.Claim("sid")));
            Assert.Equal(session.Select(s => RandomToken.Hash(s.Refresh)), families[id]);
        }

        // Whoever was stopped in the middle of using one again has not counted it.
        await using var ended = database.CreateCommand("SELECT count(*)::int FROM token_blacklist");
        Assert.InRange((int)(await ended.ExecuteScalarAsync(Cancellation))!, traffic.Ended, traffic.Ended + Clients);
    }

    // The hashes of a session's tokens, oldest first, the one in force last.
    private static async Task<Dictionary<string, string[]>> FamiliesAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("""
            SELECT s.id::text, array_remove(array_agg(r."tokenHash" ORDER BY r.generation), NULL) || s."refreshToken",
              count(r.*) = COALESCE(max(r.generation), 0)
            FROM sessions s LEFT JOIN refresh_tokens r ON r."sessionId" = s.id GROUP BY s.id
            """);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var families = new Dictionary<string, string[]>();
        while (await reader.ReadAsync(Cancellation))
        {
            Assert.True(reader.GetBoolean(2), "generations have gaps");
            families[reader.GetString(0)] = reader.GetFieldValue<string[]>(1);
        }

        return families;
    }

    private static Task DoneAsync(Traffic traffic, int many) => Wait.UntilAsync(
        () => Task.FromResult(traffic.Done >= many || traffic.Wrongs.Count > 0), () => $"stuck at {traffic.Done} of {many}", TimeSpan.FromMilliseconds(5));

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancellation);
    }
}
