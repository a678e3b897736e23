using System.Diagnostics;
using Npgsql;
using Sluice.Postgres.Local;

namespace Sluice.Cli.Tests;

/// <summary>A server of its own, whose WAL a process receives, and the commands that go back on it.</summary>
public sealed class PointInTimeTests
{
    [Fact]
    public async Task A_moment_comes_back_as_a_server_a_table_and_a_database()
    {
        using var work = new Workspace(Workspace.Users, TestCluster.NewFolder().FullName);
        var cluster = await TestCluster.StartThrowAwayAsync(maxConnections: 30);
        work.Environment["DATABASE_URL"] = cluster.Url("shop");
        await AskAsync(cluster, "postgres", "CREATE DATABASE shop");
        await AskAsync(cluster, "shop", "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)");
        (await work.RunAsync("restore", "--to-time", "latest")).Ends(1).Warns("SL5142", "sluice backup base");
        (await work.RunAsync("backup", "base")).Ends(0);
        (await work.RunAsync("restore", "--to-time", "latest", "--dry-run")).Ends(1).Warns("SL5142", "No WAL was received", "--without-wal");
        (await work.RunAsync("restore", "--to-time", "latest", "--without-wal", "--dry-run")).Ends(0).Warns("none was received");
        using var receiver = Tool.Start(work.Folder, work.Environment, "backup", "wal");
        await using var ending = new Ending(receiver);
        Assert.Contains("Receiving", await Tool.SaidAsync(receiver, "Receiving"), StringComparison.Ordinal);
        Assert.Matches(@"^backups/server-\d+/base/\d{8}T\d{6}Z$", (await work.RunAsync("backup", "base", "--keep", "3")).Ends(0).Warns("verified").Output.Trim());
        await AskAsync(cluster, "shop", "INSERT INTO orders VALUES (2)");
        var moment = (string)(await AskAsync(cluster, "shop", "SELECT clock_timestamp()::text"))!;
        await AskAsync(cluster, "shop", "DROP TABLE orders");

        (await work.RunAsync("restore", "--to-time", moment, "--dry-run")).Ends(0).Warns("the live one is not touched");
        var look = (await work.RunAsync("restore", "--to-time", moment, "--look", "--json")).Ends(0).Json;
        var old = cluster.Connection("shop");
        old.Port = look.GetProperty("port").GetInt32();
        Assert.Equal(2L, await AskAsync(old, "SELECT count(*) FROM orders"));
        using (var server = Process.GetProcessById(look.GetProperty("processId").GetInt32()))
        {
            server.Kill();
            await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        (await work.RunAsync("restore", "--to-time", moment, "--table", "orders")).Ends(0).Says("public.orders is back: 2 rows").Warns("Nothing is missing");
        (await work.RunAsync("restore", "--to-time", moment, "--table", "orders")).Ends(1).Warns("SL5144", "Rename it first");
        await AskAsync(cluster, "shop", "DELETE FROM orders");
        var whole = (await work.RunAsync("restore", "--to-time", moment, "--into", "shop_then", "--json")).Ends(0).Json;
        Assert.True(whole.GetProperty("recovered").GetProperty("isWhole").GetBoolean());
        Assert.Equal(2L, await AskAsync(cluster, "shop_then", "SELECT count(*) FROM orders"));
        Assert.Equal(0L, await AskAsync(cluster, "shop", "SELECT count(*) FROM orders"));

        (await work.RunAsync("backup")).Ends(0);
        (await work.RunAsync("drill", "--scenario", "restore", "--scenario", "point-in-time")).Ends(0).Says("PASSED  point-in-time", "is in it", "judged by point-in-time");

        await SignalAsync(receiver, "TERM");
        Assert.Equal(0, receiver.ExitCode);
        (await work.RunAsync("backup", "wal", "--drop-slot")).Ends(0).Says("keeps no WAL for `sluice` any more");
        await cluster.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("--to-time yesterday", "--to-time is `yesterday`")]
    [InlineData("--to-time 2026-11", "--to-time is `2026-11`")]
    [InlineData("--to-time 2126-11-21T10:00Z", "has not come yet")]
    [InlineData("--to-time latest --to-lsn 0/1", "write one of them")]
    [InlineData("--look", "--look goes with a moment")]
    [InlineData("x.dump --to-time latest", "Leave out FILE")]
    [InlineData("", "There is nothing to restore")]
    [InlineData("--to-time latest --look --into x", "write one of them")]
    public async Task What_does_not_go_together_is_told(string options, string expected)
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync(["restore", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).Ends(1).Warns(expected);
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends what a failed test would leave running.</summary>
    private sealed class Ending(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Task<object?> AskAsync(LocalCluster cluster, string database, string sql) => AskAsync(cluster.Connection(database), sql);

    private static async Task<object?> AskAsync(NpgsqlConnectionStringBuilder address, string sql)
    {
        address.Pooling = false;
        await using var source = NpgsqlDataSource.Create(address);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
