using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Monitoring;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Monitoring;

/// <summary>A database in which everything goes wrong, and then right again.</summary>
public sealed class ThresholdTests
{
    private const string Quiet = """
        CREATE TABLE sessions (id int PRIMARY KEY, "userId" int, "expiresAt" timestamptz NOT NULL);
        CREATE TABLE token_blacklist (id int PRIMARY KEY, "expiresAt" timestamptz NOT NULL);
        CREATE TABLE auth_attempts (id int PRIMARY KEY, "lockedUntil" timestamptz);
        CREATE TABLE audit_logs (action text, "createdAt" timestamptz);
        CREATE TABLE rooms (id int PRIMARY KEY, title text) WITH (autovacuum_enabled = off);
        INSERT INTO rooms SELECT n, 'x' FROM generate_series(1, 10000) AS n;
        CREATE TABLE _prisma_migrations (migration_name text, started_at timestamptz NOT NULL, finished_at timestamptz, rolled_back_at timestamptz);
        """;

    private const string Loud = """
        INSERT INTO sessions SELECT n, n % 7, now() + interval '1 hour' FROM generate_series(1, 1001) AS n;
        INSERT INTO token_blacklist SELECT n, now() - interval '1 hour' FROM generate_series(1, 10001) AS n;
        INSERT INTO auth_attempts SELECT n, now() + interval '1 hour' FROM generate_series(1, 11) AS n;
        INSERT INTO audit_logs SELECT 'login_failed', now() - interval '10 minutes' FROM generate_series(1, 11) AS n;
        INSERT INTO _prisma_migrations VALUES ('slow', now() - interval '20 minutes', now() - interval '14 minutes', NULL);
        CREATE INDEX unread ON rooms (title);
        UPDATE rooms SET title = 'y';
        SELECT pg_stat_force_next_flush();
        """;

    private const string QuietAgain = """
        TRUNCATE sessions, token_blacklist, auth_attempts, audit_logs, _prisma_migrations;
        DROP INDEX unread;
        """;

    // Those whose own limits take minutes, or gigabytes, to cross.
    private static readonly Thresholds Near = Thresholds.Default
        .With("longTransaction", new Limit(0, 3600)).With("lockWait", new Limit(0, 3600)).With("unusedIndexes", new Limit(0, 3600))
        .With("migrationFailures", new Limit(10, 80)).With("growth", new Limit(100, 1000)).With("slowStatement", new Limit(1, 10));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_threshold_that_is_crossed_is_told_once_and_so_is_its_end()
    {
        await using var database = await TestDatabase.CreateAsync(Quiet);
        var address = Workbench.AddressOf(database.Url);
        await using var connection = await ServerConnection.OpenAsync(address, Stop);
        Assert.Null(await JournalSchema.EnsureAsync(connection, Stop));
        await RunsAsync(database, 1, "backup", "ok", "1 minute");
        await database.ExecuteAsync("ANALYZE");
        var told = Breaches.None;
        var recorded = new Recording();

        Assert.Empty(await ChangesAsync(f => f));

        await database.ExecuteAsync(Loud);
        await RunsAsync(database, 1, "backup", "ok", "30 hours");
        await RunsAsync(database, 1, "backup", "failed", "1 hour");
        await RunsAsync(database, 1, "up", "ok", "1 hour");
        await RunsAsync(database, 1, "up", "failed", "1 hour");
        var (busy, waiting) = await BusyAsync(database);
        // Gigabytes of reads, every connection of a server that others use, a library that it has not loaded, and a day.
        static Figures Worse(Figures f) => f with
        {
            BlocksHit = 60_000, BlocksRead = 110_000, Connections = f.MostConnections * 9 / 10, Growth = 200 << 20, Statements = [new StatementFigures("1", "SELECT 1", 3, 1.5)],
        };
        var crossed = await ChangesAsync(Worse);
        Assert.Equal(Thresholds.Names.Order(StringComparer.Ordinal), crossed.Select(c => c.Figure!).Order(StringComparer.Ordinal));
        Assert.All(crossed, c => Assert.True(c is { IsCleared: false, Before: Verdict.Ok, Check.Advice.Length: > 0 }, c.ToString()));

        Assert.Empty(await ChangesAsync(Worse));

        foreach (var one in busy[..^1])
        {
            await one.DisposeAsync();
        }

        await waiting;
        await busy[^1].DisposeAsync();
        await database.ExecuteAsync(QuietAgain);
        await database.ExecuteAsync("VACUUM ANALYZE rooms");
        await RunsAsync(database, 1, "backup", "ok", "0 s");
        await RunsAsync(database, 20, "up", "ok", "0 s");
        var cleared = await ChangesAsync(f => f with { Growth = 0, Statements = [] });
        Assert.Equal(Thresholds.Names.Order(StringComparer.Ordinal), cleared.Select(c => c.Figure!).Order(StringComparer.Ordinal));
        Assert.All(cleared, c => Assert.True(c is { IsCleared: true, Check.Verdict: Verdict.Ok }, c.ToString()));
        Assert.Empty(told);
        await recorded.AlertsAgreeAsync(Near, [0, 13, 13, 0]);

        async Task<IReadOnlyCollection<Breach>> ChangesAsync(Func<Figures, Figures> edit)
        {
            var figures = Alone(await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop));
            recorded.Add(figures, Near);
            var changes = Breaches.Compare(told, Look.At(edit(figures), Near));
            told = Breaches.After(told, changes);
            return changes;
        }
    }

    [Fact]
    public void What_cannot_be_seen_is_neither_a_breach_nor_the_end_of_one()
    {
        var before = Breaches.None.Add("sessions a", Verdict.Warning).Add("growth", Verdict.Critical);
        var silent = new Look(null, [], new Problem("P1001", "Nobody answers.\nMore."));
        var change = Assert.Single(Breaches.Compare(before, silent));
        Assert.Equal(("answers", "Nobody answers.", Verdict.Critical), (change.Check.Name, change.Check.Value, change.Check.Verdict));
        var after = Breaches.After(before, [change]);
        Assert.Empty(Breaches.Compare(after, silent));
        // It answers again, growth is not known yet, and the table is gone.
        var growth = FigureBook.All.Single(f => f.Name == "growth");
        var look = new Look(null, [new JudgedSample(growth, new Sample(null), null, new Check("growth", "unknown", "", Verdict.Unknown))], null);
        Assert.Equal(["answers again", "sessions a it is gone"], Breaches.Compare(after, look).Select(c => $"{c.Check.Name} {c.Check.Value}"));
    }

    [Fact]
    public void What_swings_around_its_threshold_is_told_once_and_what_somebody_holds_is_not_gone()
    {
        var told = Breaches.None;
        Assert.Equal([Verdict.Warning, null, null, null, Verdict.Critical, null, Verdict.Warning, Verdict.Ok], new[] { 1001, 1000, 950, 1001, 5001, 4999, 4000, 899 }.Select(Tell));
        Tell(2000);
        Assert.Empty(Breaches.Compare(told, Look.At(With([]) with { Auth = new AuthFigures([], null, null) { Uncounted = [new UncountedTable("public.sessions", "sessions")] } }, Thresholds.Default)));
        Assert.Equal("it is gone", Assert.Single(Breaches.Compare(told, Look.At(With([]), Thresholds.Default))).Check.Value);

        Verdict? Tell(int sessions)
        {
            var changes = Breaches.Compare(told, Look.At(With([new ExpiringTable("public.sessions", true, sessions, sessions, 0, null, null, 1)]), Thresholds.Default));
            told = Breaches.After(told, changes);
            return changes.SingleOrDefault()?.Check.Verdict;
        }

        static Figures With(System.Collections.Immutable.ImmutableArray<ExpiringTable> tables) => new("app", 1, 1, 100, 0, 0, null, [], TimeSpan.Zero, [], [], new AuthFigures(tables, null, null));
    }

    [Fact]
    public async Task Nobody_elses_code_is_run_by_whoever_watches()
    {
        await using var database = await TestDatabase.CreateAsync("""
            CREATE TYPE mood AS ENUM ('active', 'login_failed');
            CREATE TYPE plain AS ENUM ('active', 'login_failed');
            CREATE FUNCTION evil(mood) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''it ran''; END';
            CREATE CAST (mood AS text) WITH FUNCTION evil(mood) AS IMPLICIT;
            CREATE FUNCTION evil_number(mood) RETURNS numeric LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''it ran''; END';
            CREATE CAST (mood AS numeric) WITH FUNCTION evil_number(mood) AS IMPLICIT;
            CREATE TABLE sessions (status mood, user_id mood, expires_at timestamptz);
            INSERT INTO sessions VALUES ('active', 'active', now() + interval '1 hour');
            CREATE TABLE audit_logs (action mood, created_at timestamptz);
            INSERT INTO audit_logs VALUES ('login_failed', now());
            CREATE TABLE schema_migrations (filename mood, applied_at timestamptz, execution_time_ms mood);
            INSERT INTO schema_migrations VALUES ('active', now(), 'active');
            CREATE SCHEMA honest;
            CREATE TABLE honest.audit_logs (action plain, created_at timestamptz);
            INSERT INTO honest.audit_logs VALUES ('login_failed', now());
            CREATE SCHEMA guarded;
            CREATE FUNCTION evil() RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''it ran''; END';
            CREATE TABLE guarded.user_sessions (expires_at timestamptz);
            ALTER TABLE guarded.user_sessions ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON guarded.user_sessions USING (evil());
            INSERT INTO guarded.user_sessions VALUES (now());
            """);
        var role = $"sluice_watch_{Guid.NewGuid():n}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA guarded, honest TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA public, guarded, honest TO {role}");
        try
        {
            foreach (var user in new[] { role, null })
            {
                var address = Workbench.AddressOf(database.Url);
                await using var connection = await ServerConnection.OpenAsync(user is null ? address : address with { User = user, Password = "x" }, Stop);
                var figures = await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop);
                Assert.Equal(1, figures.Auth.FailedLogins);
                Assert.Contains(figures.Auth.Tables, t => t is { Name: "public.sessions", Active: 1, Users: null });
                Assert.Equal(user is null ? [] : ["guarded.user_sessions"], figures.Auth.Uncounted.Select(u => u.Name));
            }
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task Each_limit_is_compared_with_those_whom_it_counts()
    {
        await using var database = await TestDatabase.CreateAsync();
        var role = $"sluice_few_{Guid.NewGuid():n}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x' CONNECTION LIMIT 3; ALTER DATABASE \"{database.Name}\" CONNECTION LIMIT 50");
        try
        {
            var address = Workbench.AddressOf(database.Url) with { User = role, Password = "x" };
            await using var connection = await ServerConnection.OpenAsync(address, Stop);
            await using var second = await ServerConnection.OpenAsync(address, Stop);
            var figures = await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop);
            Assert.Equal((2L, 3), (figures.Connections, figures.MostConnections));
            await database.ExecuteAsync($"ALTER ROLE {role} CONNECTION LIMIT -1; ALTER DATABASE \"{database.Name}\" CONNECTION LIMIT 4");
            figures = await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop);
            Assert.Equal(4, figures.MostConnections);
            Assert.InRange(figures.Connections, 2, 4);
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_password_is_not_shown_where_its_statement_is_cut()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url), Stop);
        await using var other = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url), Stop);
        await using var begin = new NpgsqlCommand("BEGIN", other);
        await begin.ExecuteNonQueryAsync(Stop);
        await using var select = new NpgsqlCommand($"SELECT 1 /* {new string('x', 36)} postgresql://replicator:hunter22@host/shop */", other);
        await select.ExecuteNonQueryAsync(Stop);
        var shown = Assert.Single((await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop)).LongTransactions);
        Assert.Contains("postgresql://replicator:***", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hun", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_saves_the_database_is_no_long_transaction()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url), Stop);
        foreach (var (name, isSeen) in new[] { ("pg_dump", false), ("app", true) })
        {
            await using var other = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url) with { ApplicationName = name }, Stop);
            await using var begin = new NpgsqlCommand("BEGIN", other);
            await begin.ExecuteNonQueryAsync(Stop);
            Assert.Equal(isSeen, !(await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop)).LongTransactions.IsEmpty);
        }
    }

    [Fact]
    public async Task Large_tables_are_counted_by_an_index_or_not_at_all()
    {
        await using var database = await TestDatabase.CreateAsync("""
            CREATE TABLE sessions (id int, user_id int, expires_at timestamptz);
            INSERT INTO sessions SELECT n, n, now() + (n - 40) * interval '1 hour' FROM generate_series(1, 100) AS n;
            CREATE TABLE audit_logs (action text, created_at timestamptz);
            INSERT INTO audit_logs SELECT 'login_failed', now() FROM generate_series(1, 7);
            CREATE TABLE users (locked_until timestamptz);
            INSERT INTO users VALUES (now() + interval '1 hour');
            ANALYZE;
            """);
        await using var connection = await ServerConnection.OpenAsync(Workbench.AddressOf(database.Url), Stop);
        // As if there were five million in each.
        await database.ExecuteAsync("UPDATE pg_class SET reltuples = 5000000 WHERE relname IN ('sessions', 'audit_logs', 'users')");
        var auth = (await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop)).Auth;
        Assert.Equal((5_000_000L, null, null), (auth.Tables[0].Total, auth.Tables[0].Active, auth.Tables[0].Expired));
        Assert.Null(auth.FailedLogins);
        Assert.Null(auth.LockedOut);
        Assert.Equal(["public.audit_logs", "public.users"], auth.Uncounted.Select(u => u.Name));
        await database.ExecuteAsync("CREATE INDEX ON sessions (expires_at); CREATE INDEX ON audit_logs (action, created_at); CREATE INDEX ON users (locked_until) WHERE locked_until IS NOT NULL; UPDATE pg_class SET reltuples = 5000000 WHERE relname IN ('sessions', 'audit_logs', 'users')");
        auth = (await Sluice.Postgres.Monitoring.Monitor.ReadAsync(connection, Stop)).Auth;
        Assert.Equal((5_000_000L, 60L, 40L), (auth.Tables[0].Total, auth.Tables[0].Active, auth.Tables[0].Expired));
        Assert.Equal((7L, 1L), (auth.FailedLogins, auth.LockedOut));
        Assert.Empty(auth.Uncounted);
    }

    [Fact]
    public void Growth_is_told_from_the_reading_nearest_to_a_day_ago()
    {
        var now = new DateTimeOffset(2026, 3, 8, 12, 0, 0, TimeSpan.Zero);
        Assert.Null(SizeReadings.Growth([new SizeReading(now.AddMinutes(-59), 1)], now, 100));
        Assert.Equal(240, SizeReadings.Growth([new SizeReading(now.AddHours(-2), 80)], now, 100)!.Value, 6);
        Assert.Equal(50, SizeReadings.Growth([new SizeReading(now.AddHours(-72), 0), new SizeReading(now.AddHours(-24), 50), new SizeReading(now.AddHours(-3), 99)], now, 100)!.Value, 6);
        Assert.Equal([now.AddHours(-72), now], SizeReadings.Add([new SizeReading(now.AddDays(-9), 1), new SizeReading(now.AddHours(-72), 1)], now, 1).Select(r => r.At));
        Assert.Single(SizeReadings.Add([new SizeReading(now.AddMinutes(-59), 1)], now, 2));
    }

    [Fact]
    public void A_name_cannot_break_out_of_its_line()
    {
        var figures = new Figures("a\"b\\c\nd", 1, 1, 10, 0, 0, null, [], TimeSpan.Zero, [], [], new AuthFigures([], null, null));
        Assert.Contains("""sluice_up{database="a\"b\\c\nd"} 1""" + "\n", PrometheusText.Write(figures, figures.Database), StringComparison.Ordinal);
        Assert.Equal("# HELP sluice_up Whether the database answered.\n# TYPE sluice_up gauge\nsluice_up{database=\"x\"} 0\n", PrometheusText.Write(null, "x"));
    }

    // How many connections others have is their doing.
    private static Figures Alone(Figures figures) => figures with { Connections = 1 };

    private static Task RunsAsync(TestDatabase database, int count, string command, string outcome, string ago) => database.ExecuteAsync($"""
        INSERT INTO sluice.runs (correlation_id, command, tool_version, host, actor, started, finished, outcome, previous_hash, start_hash)
        SELECT '', '{command}', '', '', '', now() - interval '{ago}', now() - interval '{ago}', '{outcome}', '', '' FROM generate_series(1, {count})
        """);

    /// <summary>Nine of a pool of ten, in a transaction each; and one that waits for them.</summary>
    private static async Task<(List<NpgsqlConnection> All, Task Waiting)> BusyAsync(TestDatabase database)
    {
        var all = new List<NpgsqlConnection>();
        for (var i = 0; i < 9; i++)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, ApplicationName = "busy" }.ConnectionString);
            all.Add(connection);
            await connection.OpenAsync(Stop);
            await using var begin = new NpgsqlCommand(i < 8 ? "BEGIN; LOCK TABLE rooms IN ACCESS SHARE MODE" : "BEGIN", connection);
            await begin.ExecuteNonQueryAsync(Stop);
        }

        var waiting = WaitAsync(all[^1]);
        await Wait.UntilAsync(async () => await database.WaitingAsync() == 1, "nobody waits");
        return (all, waiting);

        static async Task WaitAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand("LOCK TABLE rooms IN ACCESS EXCLUSIVE MODE", connection);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }
}
