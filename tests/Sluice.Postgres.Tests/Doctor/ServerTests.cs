using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Local;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Doctor;

/// <summary>What can be provoked only on a server of one's own, one thing after the other.</summary>
public sealed class ServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_in_order_has_no_finding_and_each_thing_that_goes_wrong_with_it_is_found()
    {
        var cluster = await TestCluster.StartThrowAwayAsync(durable: true);
        var bin = PostgresBinaries.Require(Environment.GetEnvironmentVariable("SLUICE_STATE"));
        try
        {
            await ExecuteAsync(cluster, "ALTER SYSTEM SET idle_in_transaction_session_timeout = '5min'", "ALTER SYSTEM SET archive_mode = on", "ALTER SYSTEM SET archive_command = 'false'", "CREATE ROLE app LOGIN CREATEDB PASSWORD 'x'", "CREATE DATABASE app OWNER app", "SELECT pg_reload_conf()");
            Assert.Equal("set, and not yet in force: archive_mode", (await UntilAsync(cluster, "pending restart", c => c.Verdict is Verdict.Warning)).Value);
            Assert.Equal(Verdict.Unknown, (await FoundAsync(cluster, "wal archiving")).Verdict);
            Assert.Equal(Verdict.Warning, (await FoundAsync(cluster, "checksums")).Verdict);

            await cluster.StopAsync(Stop);
            var account = await ServerAccount.ChooseAsync(Stop);
            var (code, said) = await account.RunAsync(Path.Combine(bin.Folder, "pg_checksums"), ["--enable", "--no-sync", "-D", cluster.DataFolder], Stop);
            Assert.True(code == 0, said);
            await cluster.StartAsync(Stop);

            // WAL that cannot be archived, then can.
            await ExecuteAsync(cluster, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS n", "SELECT pg_switch_wal()", "CHECKPOINT");
            var failing = await UntilAsync(cluster, "wal archiving", c => c.Verdict is Verdict.Critical);
            Assert.Matches("^fails at [0-9A-F]{24}, ", failing.Value);
            await ExecuteAsync(cluster, "ALTER SYSTEM SET archive_command = 'true'", "SELECT pg_reload_conf()");
            await UntilAsync(cluster, "wal archiving", c => c.Verdict is Verdict.Ok);

            var whole = await ExamineAsync(cluster, "app", "x");
            Assert.All(whole, c => Assert.True(c.Verdict is Verdict.Ok or Verdict.Unknown, c.ToString()));

            await ExecuteAsync(cluster, "ALTER SYSTEM SET archive_command = ''", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
            Assert.Equal("archive_mode is on, with no archive_command", (await UntilAsync(cluster, "wal archiving", c => c.Verdict is Verdict.Critical)).Value);
            Assert.Equal("asked of nobody, and no such standby is connected", (await UntilAsync(cluster, "synchronous replication", c => c.Verdict is Verdict.Critical)).Value);
            await ExecuteAsync(cluster, "ALTER SYSTEM RESET synchronous_standby_names", "ALTER SYSTEM RESET archive_command", "SELECT pg_reload_conf()");

            // A disk that alters a page.
            var file = await FileOfAsync(cluster, "t");
            await cluster.StopAsync(Stop);
            using (var page = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
            {
                page.Position = 5000;
                var old = page.ReadByte();
                page.Position = 5000;
                page.WriteByte((byte)(old ^ 0xFF));
            }

            await cluster.StartAsync(Stop);
            Assert.Equal("XX001", (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(cluster, "SELECT count(*) FROM t"))).SqlState);
            var damaged = await UntilAsync(cluster, "checksums", c => c.Verdict is Verdict.Critical);
            Assert.StartsWith("postgres: ", damaged.Value, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.StopAsync(CancellationToken.None);
        }
    }

    // What no throw-away server can be brought to: facts that were read from a real one, then changed.
    [Fact]
    public async Task What_a_test_cannot_do_to_a_server_is_judged_from_its_facts()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url), Stop);
        var health = await ServerHealth.ReadAsync(connection, "public", Stop);

        Assert.Equal((Verdict.Ok, "replica"), Judge(health, "wal level"));
        Assert.Equal((Verdict.Warning, "minimal"), Judge(Set(health, "wal_level", "minimal"), "wal level"));
        Assert.Equal((Verdict.Ok, "the server listens on its own machine alone"), Judge(health, "encryption"));
        Assert.Equal((Verdict.Warning, "ssl is off, and the server listens on *"), Judge(Set(health, "listen_addresses", "*"), "encryption"));
        Assert.Equal(
            (Verdict.Warning, "this connection comes from another machine and is not encrypted"),
            Judge(Set(health, "ssl", "on") with { Replicas = health.Replicas with { IsLocal = false } }, "encryption"));
        Assert.Equal((Verdict.Ok, "pg_receivewal is connected"), Judge(health with { Replicas = health.Replicas with { Receivers = 1 } }, "wal archiving"));

        // Archiving that went well once, and then not.
        var archiving = Set(Set(health, "archive_mode", "on"), "archive_command", "copy");
        Assert.Equal((Verdict.Critical, "fails at 0002, 3 times, last 60 s ago; archived until then: 5"), Judge(Archived(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1)), "wal archiving"));
        Assert.Equal((Verdict.Ok, "5 archived, the last 60 s ago"), Judge(Archived(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)), "wal archiving"));
        ServerHealth Archived(TimeSpan ago, TimeSpan failed) => archiving with { Archiver = new ServerHealth.Archive(5, "0001", ago, 3, "0002", failed) };

        var asked = Set(health, "synchronous_standby_names", "*");
        Assert.Equal((Verdict.Unknown, "asked of *; 1 standbys are hidden from this user"), Judge(asked with { Replicas = health.Replicas with { Hidden = 1 } }, "synchronous replication"));
        Assert.Equal(Verdict.Critical, Judge(asked with { Replicas = health.Replicas with { Hidden = 0 } }, "synchronous replication").Verdict);
        Assert.Equal((Verdict.Ok, "not asked for by a standby"), Judge(asked with { Facts = health.Facts with { Server = health.Facts.Server with { InRecovery = true } } }, "synchronous replication"));
        Assert.Equal((Verdict.Ok, "1 connected"), Judge(Set(health, "synchronous_standby_names", "*") with { Replicas = health.Replicas with { Synchronous = 1 } }, "synchronous replication"));
        Assert.Equal(
            (Verdict.Critical, "the oldest row is 1,600 million transactions old, in shop"),
            Judge(health with { Ages = [("shop", 1_600_000_000, 5), .. health.Ages] }, "wraparound"));
        Assert.Equal(Verdict.Warning, Judge(health with { Ages = [("shop", 5, 600_000_000)] }, "wraparound").Verdict);
        Assert.Equal((Verdict.Warning, "gone 1.0, and its files are gone from the server"), Judge(health with { Extensions = [("gone", "1.0", null)] }, "extensions"));
        Assert.Equal((Verdict.Warning, "off: synchronous_commit"), Judge(Set(Set(health, "fsync", "on"), "full_page_writes", "on"), "durability"));
        Assert.Equal(
            Verdict.Warning,
            Judge(health with { Facts = health.Facts with { Server = health.Facts.Server with { DatabaseBytes = 1L << 30 } } }, "memory").Verdict);
        Assert.Contains(
            "COMMIT PREPARED",
            BlockingTree.Of([new WaitingSession(7, "app", "", "active", TimeSpan.Zero, TimeSpan.FromMinutes(2), "UPDATE t", [0])], HealthLimits.Default.Blocked).Advice,
            StringComparison.Ordinal);
        Assert.Equal(
            2,
            BlockingTree.Of(
                [
                    new WaitingSession(7, "app", "", "active", TimeSpan.Zero, TimeSpan.FromMinutes(2), "UPDATE a", [8]),
                    new WaitingSession(8, "app", "", "active", TimeSpan.Zero, TimeSpan.FromMinutes(2), "UPDATE b", [7]),
                ],
                HealthLimits.Default.Blocked).Evidence.Count);
    }

    [Fact]
    public async Task A_command_does_not_end_itself()
    {
        await using var database = await TestDatabase.CreateAsync();
        var settings = new RunSettings { Address = Workbench.AddressOf(database.Url) with { ApplicationName = "sluice 1" }, MigrationsPath = "" };
        await using var connection = await ServerConnection.OpenAsync(settings.Address, Stop);
        await using var sister = await ServerConnection.OpenAsync(settings.Address, Stop);
        foreach (var process in new[] { connection.ProcessID, sister.ProcessID })
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => SessionEnd.FindAsync(connection, settings, process, Stop));
            Assert.Equal(("SL5150", $"Session {process} is not ended: it is this command's own."), (refused.Problem.Code, refused.Problem.Message));
        }
    }

    private static ServerHealth Set(ServerHealth health, string name, string value) =>
        health with { Settings = health.Settings.SetItem(name, health.Settings[name] with { Value = value }) };

    private static (Verdict Verdict, string Value) Judge(ServerHealth health, string name)
    {
        var check = Examination.Of(health, "shop", HealthLimits.Default).Single(c => c.Name == name);
        return (check.Verdict, check.Value);
    }

    private static async Task<ImmutableArray<Check>> ExamineAsync(LocalCluster cluster, string database = "postgres", string? password = null)
    {
        var address = Workbench.AddressOf(cluster.Url(database));
        var folder = Path.Combine(Path.GetTempPath(), "sluice-no-such-folder");
        var settings = new RunSettings { Address = password is null ? address : address with { User = database, Password = password }, MigrationsPath = folder };
        return (await Examination.RunAsync(settings, new ExaminationRequest { BackupFolder = folder }, Stop)).Checks;
    }

    private static async Task<(Verdict Verdict, string Value)> FoundAsync(LocalCluster cluster, string name)
    {
        var check = (await ExamineAsync(cluster)).Single(c => c.Name == name);
        return (check.Verdict, check.Value);
    }

    private static async Task<Check> UntilAsync(LocalCluster cluster, string name, Func<Check, bool> isSo)
    {
        for (var attempt = 0; ; attempt++)
        {
            var check = (await ExamineAsync(cluster)).Single(c => c.Name == name);
            if (isSo(check))
            {
                return check;
            }

            Assert.True(attempt < 1000, check.ToString());
            await Task.Delay(100, Stop);
        }
    }

    private static async Task ExecuteAsync(LocalCluster cluster, params string[] statements)
    {
        await using var connection = await OpenAsync(cluster);
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    private static async Task<string> FileOfAsync(LocalCluster cluster, string table)
    {
        await using var connection = await OpenAsync(cluster);
        await using var command = new NpgsqlCommand($"SELECT pg_relation_filepath('{table}')", connection);
        return Path.Combine(cluster.DataFolder, (string)(await command.ExecuteScalarAsync(Stop))!);
    }

    private static async Task<NpgsqlConnection> OpenAsync(LocalCluster cluster)
    {
        var address = TestCluster.Connection(cluster);
        address.Pooling = false;
        var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Stop);
        return connection;
    }
}
