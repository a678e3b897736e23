using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Preflight;

public sealed class PreflightTests
{
    // A finding as soon as it exists, so that no test has to wait for minutes.
    private static readonly CheckLimits Strict = new()
    {
        Transaction = (TimeSpan.Zero, TimeSpan.FromHours(1)),
        IdleInTransaction = (TimeSpan.Zero, TimeSpan.FromHours(1)),
        Connections = (1, 1),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_quiet_database_passes_every_check()
    {
        await using var bench = await Workbench.OpenAsync();
        var report = await PreflightRun.ReadAsync(bench.Settings, Strict, Stop);
        Assert.All(report.Checks, c => Assert.True(c.Verdict is Verdict.Ok or Verdict.Unknown, c.ToString()));
        Assert.False(report.IsCritical);
        Assert.Equal(report.Checks.Length, report.Checks.Select(c => (c.Name, c.Threshold)).Distinct().Count());
    }

    [Fact]
    public async Task A_long_transaction_is_named_with_its_statement_and_critical_when_it_is_old()
    {
        await using var bench = await Workbench.OpenAsync();
        await using var other = await OpenAsync(bench, "reporter");
        await using var sleep = new NpgsqlCommand("SELECT pg_sleep(3600) /* report */", other);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sleeping = sleep.ExecuteNonQueryAsync(end.Token);

        var check = await UntilAsync(bench, "long transactions", Strict);
        Assert.Equal(Verdict.Warning, check.Verdict);
        Assert.Contains("reporter", check.Value, StringComparison.Ordinal);
        Assert.Contains("/* report */", check.Value, StringComparison.Ordinal);
        Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "long transactions", Strict with { Transaction = (TimeSpan.Zero, TimeSpan.Zero) })).Verdict);
        Assert.Equal(Verdict.Ok, (await CheckAsync(bench, "long transactions", CheckLimits.Default)).Verdict);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
    }

    [Fact]
    public async Task An_idle_transaction_is_named()
    {
        await using var bench = await Workbench.OpenAsync();
        await using var other = await OpenAsync(bench, "forgetful");
        await ExecuteAsync(other, "BEGIN; SELECT 1");
        var check = await CheckAsync(bench, "idle in transaction", Strict);
        Assert.Equal(Verdict.Warning, check.Verdict);
        Assert.Contains("forgetful", check.Value, StringComparison.Ordinal);
        Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "idle in transaction", Strict with { IdleInTransaction = (TimeSpan.Zero, TimeSpan.Zero) })).Verdict);
    }

    [Fact]
    public async Task A_running_dump_is_named()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE t ()");
        await using var lockHolder = await OpenAsync(bench, "holder");
        await ExecuteAsync(lockHolder, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
        var address = bench.Settings.Address;
        var tools = await DumpTools.RequireAsync(lockHolder.PostgreSqlVersion.Major, Stop);
        var start = new ProcessStartInfo(tools.PgDump) { RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("PGHOST", address.Host), ("PGPORT", address.Port.ToString(CultureInfo.InvariantCulture)), ("PGUSER", address.User), ("PGPASSWORD", address.Password), ("PGDATABASE", address.Database),
        })
        {
            start.Environment[name] = value;
        }

        using var dump = Process.Start(start)!;
        var dumped = dump.StandardOutput.ReadToEndAsync(Stop);

        var check = await UntilAsync(bench, "running dumps", Strict);
        Assert.Equal(Verdict.Warning, check.Verdict);
        Assert.Contains("pg_dump", check.Value, StringComparison.Ordinal);

        await ExecuteAsync(lockHolder, "ROLLBACK");
        Assert.Contains("CREATE TABLE public.t", await dumped, StringComparison.Ordinal);
        await dump.WaitForExitAsync(Stop);
    }

    [Fact]
    public async Task A_prepared_transaction_is_named_with_what_ends_it()
    {
        await using var bench = await Workbench.OpenAsync();
        if (await bench.ScalarAsync<string>("SELECT current_setting('max_prepared_transactions')") == "0")
        {
            Assert.Skip("the server has no room for prepared transactions");
        }

        await using var other = await OpenAsync(bench, "two-phase");
        await ExecuteAsync(other, "BEGIN; CREATE TABLE t (); PREPARE TRANSACTION 'it''s';");
        try
        {
            var check = await CheckAsync(bench, "prepared transactions", Strict);
            Assert.Equal(Verdict.Warning, check.Verdict);
            Assert.Contains("ROLLBACK PREPARED 'it''s'", check.Advice, StringComparison.Ordinal);
            Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "prepared transactions", Strict with { Prepared = TimeSpan.Zero })).Verdict);
        }
        finally
        {
            await ExecuteAsync(other, "ROLLBACK PREPARED 'it''s'");
        }
    }

    [Fact]
    public async Task An_invalid_index_and_a_constraint_that_was_not_validated_are_named()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1); ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1) NOT VALID");
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (a)"));

        var index = await CheckAsync(bench, "invalid indexes", Strict);
        Assert.Equal((Verdict.Warning, "public.twice"), (index.Verdict, index.Value));
        Assert.Contains("REINDEX INDEX CONCURRENTLY public.twice", index.Advice, StringComparison.Ordinal);
        var constraint = await CheckAsync(bench, "constraints", Strict);
        Assert.Equal(Verdict.Warning, constraint.Verdict);
        Assert.Contains("positive", constraint.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Few_connections_left_are_a_warning_and_none_critical()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Settings.Address.Database} CONNECTION LIMIT 1000");
        var used = await CheckAsync(bench, "connections", Strict with { Connections = (0.0001, 1) });
        Assert.Equal(Verdict.Warning, used.Verdict);
        await bench.ExecuteAsync($"ALTER DATABASE {bench.Settings.Address.Database} CONNECTION LIMIT 1");
        Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "connections", CheckLimits.Default)).Verdict);
    }

    [Fact]
    public async Task A_limit_is_compared_with_those_whom_it_counts()
    {
        await using var bench = await Workbench.OpenAsync();
        await using var other = await OpenAsync(bench, "other");
        await using var another = await OpenAsync(bench, "another");
        var role = "r_" + Guid.NewGuid().ToString("N");
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 2");
        var address = bench.Settings.Address;
        bench.Settings = bench.Settings with { Address = address with { User = role, Password = "x" } };
        try
        {
            Assert.Equal((Verdict.Ok, "1 of 2 in use"), Found(await CheckAsync(bench, "connections", CheckLimits.Default)));
            await bench.ExecuteAsync($"ALTER DATABASE {address.Database} CONNECTION LIMIT 4");
            var full = await CheckAsync(bench, "connections", CheckLimits.Default);
            Assert.Matches("^[3-4] of 4 in use$", full.Value);
        }
        finally
        {
            await bench.ExecuteAsync($"DROP ROLE {role}");
        }

        static (Verdict, string) Found(Check check) => (check.Verdict, check.Value);
    }

    [Fact]
    public async Task An_index_that_is_being_built_is_no_transaction_to_end()
    {
        await using var bench = await Workbench.OpenAsync("CREATE TABLE t (a int)");
        await using var writer = await OpenAsync(bench, "writer");
        await using var builder = await OpenAsync(bench, "builder");
        await ExecuteAsync(writer, "BEGIN; INSERT INTO t VALUES (1)");
        var building = ExecuteAsync(builder, "CREATE INDEX CONCURRENTLY i ON t (a)");
        try
        {
            while (!await bench.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE pid = {builder.ProcessID})"))
            {
                await Task.Delay(20, Stop);
            }

            Assert.Equal((Verdict.Ok, "none"), ((await CheckAsync(bench, "long transactions", Strict)) is var check ? (check.Verdict, check.Value) : default));
        }
        finally
        {
            await ExecuteAsync(writer, "ROLLBACK");
            await building;
        }
    }

    [Theory]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'postgresql://replicator:hunter22@host/shop' PUBLICATION p")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'postgresql://replicator:hunter22")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'host=h password=hunter22")]
    public void A_statement_is_shown_without_its_secrets_wherever_it_was_cut(string statement)
    {
        for (var most = 1; most <= statement.Length; most++)
        {
            Assert.DoesNotContain("hun", Redaction.Statement(statement, most), StringComparison.Ordinal);
        }

        for (var end = 1; end <= statement.Length; end++)
        {
            Assert.DoesNotContain("hun", Redaction.Statement(statement[..end], 80), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_user_without_rights_is_told_which_and_hidden_sessions_are_unknown_never_ok()
    {
        await using var bench = await Workbench.OpenAsync();
        var role = "r_" + Guid.NewGuid().ToString("N");
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; CREATE TABLE mine (); REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await using var other = await OpenAsync(bench, "unseen");
        await ExecuteAsync(other, "BEGIN; SELECT 1");
        try
        {
            bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role, Password = "x" } };
            var report = await PreflightRun.ReadAsync(bench.Settings, Strict, Stop);
            Assert.True(report.IsCritical);
            Assert.Contains($"GRANT CREATE ON SCHEMA \"public\" TO \"{role}\"", report.Checks.Single(c => c.Name == "privileges").Advice, StringComparison.Ordinal);
            Assert.Equal(Verdict.Unknown, report.Checks.Single(c => c.Name == "idle in transaction").Verdict);
            Assert.Equal(Verdict.Unknown, report.Checks.Single(c => c.Name == "disk").Verdict);
        }
        finally
        {
            await other.CloseAsync();
            await bench.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task An_unused_replication_slot_is_named()
    {
        await using var bench = await Workbench.OpenAsync();
        var slot = "s_" + Guid.NewGuid().ToString("N");
        await bench.ScalarAsync<object>($"SELECT pg_create_physical_replication_slot('{slot}', true)::text");
        try
        {
            var check = await CheckAsync(bench, "replication slots", Strict);
            Assert.Equal(Verdict.Warning, check.Verdict);
            Assert.Contains("unused", check.Value, StringComparison.Ordinal);
        }
        finally
        {
            await bench.ScalarAsync<object>($"SELECT pg_drop_replication_slot('{slot}')::text");
        }
    }

    [Theory]
    [InlineData("01:00-05:00", "2026-01-05 04:59", true)]
    [InlineData("01:00-05:00", "2026-01-05 05:00", false)]
    [InlineData("22:00-03:00", "2026-01-05 23:30", true)]
    [InlineData("22:00-03:00", "2026-01-05 12:00", false)]
    [InlineData("Sat,Sun 22:00-03:00", "2026-01-05 02:59", true)]
    [InlineData("Sat,Sun 22:00-03:00", "2026-01-05 22:30", false)]
    [InlineData("Mon-Fri 01:00-05:00", "2026-01-09 01:00", true)]
    [InlineData("Mon-Fri 01:00-05:00", "2026-01-10 01:00", false)]
    [InlineData("Fri-Mon 01:00-05:00", "2026-01-05 01:00", true)]
    [InlineData("Tue 01:00-02:00; Mon 12:00-13:00", "2026-01-05 12:59", true)]
    public void A_window_has_days_and_may_go_past_midnight(string window, string moment, bool inside) =>
        Assert.Equal(inside, MaintenanceWindow.Parse(window)!.Contains(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));

    [Theory]
    [InlineData("")]
    [InlineData("1-5")]
    [InlineData("01:00-25:00")]
    [InlineData("01:00-02:00-03:00")]
    [InlineData("01:00-01:00")]
    [InlineData("Someday 01:00-02:00")]
    [InlineData("Mon 01:00-02:00;")]
    public void A_window_that_is_written_otherwise_is_none(string text) => Assert.Null(MaintenanceWindow.Parse(text));

    private static async Task<Check> CheckAsync(Workbench bench, string name, CheckLimits limits) =>
        (await PreflightRun.ReadAsync(bench.Settings, limits, Stop)).Checks.Single(c => c.Name == name);

    private static async Task<Check> UntilAsync(Workbench bench, string name, CheckLimits limits)
    {
        for (var attempt = 0; ; attempt++)
        {
            var check = await CheckAsync(bench, name, limits);
            if (check.Verdict is not Verdict.Ok || attempt == 1000)
            {
                return check;
            }

            await Task.Delay(50, Stop);
        }
    }

    private static Task<NpgsqlConnection> OpenAsync(Workbench bench, string application) =>
        ServerConnection.OpenAsync(bench.Settings.Address with { ApplicationName = application }, Stop);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }
}
