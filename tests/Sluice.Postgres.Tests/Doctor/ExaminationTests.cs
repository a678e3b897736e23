using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Doctor;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Doctor;

/// <summary>Each check provoked in a database of its own.</summary>
public sealed class ExaminationTests
{
    // A finding as soon as it exists, so that no test has to wait for minutes.
    private static readonly HealthLimits Strict = HealthLimits.Default with
    {
        Checks = CheckLimits.Default with { Transaction = (TimeSpan.Zero, TimeSpan.FromHours(1)), IdleInTransaction = (TimeSpan.Zero, TimeSpan.FromHours(1)) },
        Blocked = (TimeSpan.Zero, TimeSpan.FromHours(1)),
        Unanalyzed = 1,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_for_whom_is_a_tree_from_the_one_that_holds_the_lock()
    {
        await using var bench = await Workbench.OpenAsync("CREATE TABLE t (id int)");
        await using var holder = await OpenAsync(bench, "holder");
        await using var migration = await OpenAsync(bench, "migration");
        await using var reader = await OpenAsync(bench, "reader");
        await ExecuteAsync(holder, "BEGIN; SELECT * FROM t /* password='hunter22' */");
        var altering = ExecuteAsync(migration, "ALTER TABLE t ADD COLUMN a int");
        var reading = Task.CompletedTask;
        try
        {
            await UntilAsync(bench, "blocked sessions", c => c.Evidence.Count == 2);
            reading = ExecuteAsync(reader, "SELECT count(*) FROM t");

            var check = await UntilAsync(bench, "blocked sessions", c => c.Evidence.Count == 3);
            Assert.Equal((Verdict.Warning, $"Let the first one end, or end it: sluice doctor --kill {holder.ProcessID}"), (check.Verdict, check.Advice));
            Assert.Contains("2 wait for a lock", check.Value, StringComparison.Ordinal);
            Assert.Matches($@"^pid {holder.ProcessID} \(postgres, holder, idle in transaction, open for \d+ s\): SELECT \* FROM t", check.Evidence[0]);
            Assert.DoesNotContain("hunter22", check.Evidence[0], StringComparison.Ordinal);
            Assert.Matches($@"^  └ pid {migration.ProcessID} \(postgres, migration, waits for \d+ s\): ALTER TABLE t", check.Evidence[1]);
            Assert.Matches($@"^    └ pid {reader.ProcessID} \(postgres, reader, waits for \d+ s\): SELECT count", check.Evidence[2]);
            Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "blocked sessions", Strict with { Blocked = (TimeSpan.Zero, TimeSpan.Zero) })).Verdict);
            Assert.Equal(Verdict.Ok, (await CheckAsync(bench, "blocked sessions", HealthLimits.Default)).Verdict);
            Assert.Equal(Verdict.Warning, (await CheckAsync(bench, "idle in transaction", Strict)).Verdict);
            Assert.Contains("ALTER TABLE", (await CheckAsync(bench, "long transactions", Strict)).Value, StringComparison.Ordinal);
        }
        finally
        {
            // Else those who wait for it would be waited for below.
            await ExecuteAsync(holder, "ROLLBACK");
            await Task.WhenAll(altering, reading);
        }

        Assert.Equal(Verdict.Ok, (await CheckAsync(bench, "blocked sessions", Strict)).Verdict);
    }

    [Theory]
    [InlineData(0, Verdict.Ok, "the server, give or take")]
    [InlineData(-10, Verdict.Warning, "10 s behind the server")]
    [InlineData(90, Verdict.Critical, "90 s ahead of the server")]
    public async Task A_clock_that_is_off_is_found_from_either_side(int seconds, Verdict verdict, string said)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { Clock = new SkewedClock(TimeSpan.FromSeconds(seconds)) };
        // A machine that stood still between asking and hearing does not know better than by that time.
        var check = await UntilAsync(bench, "clock", c => c.Value.Contains(said, StringComparison.Ordinal), HealthLimits.Default);
        Assert.Equal(verdict, check.Verdict);
        Assert.Contains(said, check.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_the_way_to_the_server_is_no_finding() =>
        Assert.Equal(Verdict.Ok, ClockCheck.Judge(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1.5), HealthLimits.Default.Clock).Verdict);

    [Fact]
    public async Task What_everybody_may_create_or_write_is_named()
    {
        await using var bench = await Workbench.OpenAsync("CREATE TABLE t (id int); GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT INSERT, SELECT ON t TO PUBLIC");
        var check = await CheckAsync(bench, "public rights", Strict);
        Assert.Equal((Verdict.Warning, "PUBLIC has CREATE on schema public; INSERT on public.t"), (check.Verdict, check.Value));
        Assert.Contains("REVOKE CREATE ON SCHEMA public FROM PUBLIC;", check.Advice, StringComparison.Ordinal);
        await bench.ExecuteAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE INSERT ON t FROM PUBLIC");
        Assert.Equal(Verdict.Ok, (await CheckAsync(bench, "public rights", Strict)).Verdict);
    }

    [Fact]
    public async Task Users_with_more_rights_than_their_work_takes_are_named_the_examiner_and_those_at_work()
    {
        await using var bench = await Workbench.OpenAsync();
        var role = "r_" + Guid.NewGuid().ToString("N");
        await bench.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'");
        await using var super = await OpenAsync(bench, "application");
        Assert.Equal((Verdict.Warning, "postgres: SUPERUSER"), Found(await CheckAsync(bench, "least privilege", Strict)));
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { User = role, Password = "x" } };
        try
        {
            Assert.Equal(Verdict.Ok, (await CheckAsync(bench, "least privilege", Strict)).Verdict);
            Assert.Equal((Verdict.Warning, "postgres: SUPERUSER"), Found(await CheckAsync(bench, "users at work", Strict)));
            await bench.ExecuteAsync($"ALTER ROLE {role} CREATEROLE BYPASSRLS REPLICATION; GRANT pg_execute_server_program TO {role}");
            Assert.Equal((Verdict.Warning, $"{role}: CREATEROLE, BYPASSRLS, REPLICATION, pg_execute_server_program"), Found(await CheckAsync(bench, "least privilege", Strict)));
        }
        finally
        {
            await bench.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task An_extension_behind_the_server_is_named_with_both_versions()
    {
        await using var bench = await Workbench.OpenAsync("CREATE EXTENSION pg_trgm VERSION '1.3'");
        var check = await CheckAsync(bench, "extensions", Strict);
        Assert.Equal(Verdict.Warning, check.Verdict);
        Assert.StartsWith("pg_trgm 1.3, available 1.", check.Value, StringComparison.Ordinal);
        Assert.Contains("ALTER EXTENSION \"pg_trgm\" UPDATE", check.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_without_statistics_and_without_autovacuum_are_named()
    {
        await using var bench = await Workbench.OpenAsync();
        await using (var writer = await OpenAsync(bench, "writer"))
        {
            await ExecuteAsync(writer, "CREATE TABLE t (id int) WITH (autovacuum_enabled = off); INSERT INTO t SELECT generate_series(1, 50)");
        }

        // A session tells what it wrote when it ends, and after ten idle seconds.
        var check = await UntilAsync(bench, "statistics", c => c.Verdict is Verdict.Warning);
        Assert.Equal("none of public.t (50 rows)", check.Value);
        Assert.Contains("public.t", (await CheckAsync(bench, "autovacuum", Strict)).Value, StringComparison.Ordinal);
        await bench.ExecuteAsync("ANALYZE t");
        Assert.Equal(Verdict.Ok, (await UntilAsync(bench, "statistics", c => c.Verdict is Verdict.Ok)).Verdict);
    }

    [Fact]
    public async Task Settings_of_the_database_are_judged_as_its_sessions_have_them()
    {
        await using var bench = await Workbench.OpenAsync();
        var name = bench.Settings.Address.Database;
        Assert.Equal(Verdict.Warning, (await CheckAsync(bench, "time-outs", Strict)).Verdict);
        await bench.ExecuteAsync($"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '1min'; ALTER DATABASE {name} SET password_encryption = 'md5'; ALTER DATABASE {name} SET synchronous_commit = on");
        var timeOuts = await CheckAsync(bench, "time-outs", Strict);
        Assert.Equal((Verdict.Ok, "idle_in_transaction_session_timeout 60000 ms, statement_timeout none, lock_timeout none"), Found(timeOuts));
        Assert.Equal((Verdict.Warning, "new ones are md5"), Found(await CheckAsync(bench, "password hashes", Strict)));
        Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "durability", Strict)).Verdict);
        Assert.Equal((Verdict.Critical, "off: fsync, full_page_writes"), Found(await CheckAsync(bench, "durability", Strict)));
        Assert.Equal((Verdict.Warning, "off: autovacuum"), Found(await CheckAsync(bench, "autovacuum", Strict)));
    }

    [Fact]
    public async Task Age_memory_and_what_is_pending_are_findings_from_their_thresholds_on()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("001_a.up.sql", "CREATE TABLE a ();");
        var report = await ReportAsync(bench, Strict with { Wraparound = (0, 1L << 40), Memory = 0 });
        var age = report.Single(c => c.Name == "wraparound");
        Assert.Equal((Verdict.Warning, 3), (age.Verdict, age.Evidence.Count));
        Assert.Equal(Verdict.Critical, (await CheckAsync(bench, "wraparound", Strict with { Wraparound = (0, 0) })).Verdict);
        Assert.Equal(Verdict.Warning, report.Single(c => c.Name == "memory").Verdict);
        Assert.Equal((Verdict.Warning, "001_a"), Found(report.Single(c => c.Name == "pending migrations")));
    }

    private static (Verdict, string) Found(Check check) => (check.Verdict, check.Value);

    private static async Task<IReadOnlyList<Check>> ReportAsync(Workbench bench, HealthLimits limits) =>
        (await Examination.RunAsync(bench.Settings, new ExaminationRequest { BackupFolder = bench.Settings.MigrationsPath, Limits = limits }, Stop)).Checks;

    private static async Task<Check> CheckAsync(Workbench bench, string name, HealthLimits limits) => (await ReportAsync(bench, limits)).Single(c => c.Name == name);

    private static async Task<Check> UntilAsync(Workbench bench, string name, Func<Check, bool> isSo, HealthLimits? limits = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            var check = await CheckAsync(bench, name, limits ?? Strict);
            if (isSo(check) || attempt == 500)
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

    private sealed class SkewedClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
