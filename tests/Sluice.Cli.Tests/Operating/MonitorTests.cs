namespace Sluice.Cli.Tests.Operating;

public sealed class MonitorTests
{
    [Fact]
    public async Task A_quiet_database_has_no_findings_and_changes_nothing()
    {
        await using var work = await CreateAsync("CREATE TABLE rooms (id int PRIMARY KEY, title text); CREATE INDEX titles ON rooms (title); INSERT INTO rooms SELECT n, n FROM generate_series(1, 100) AS n; ANALYZE;");
        (await work.RunAsync("monitor")).Ends(0).Says("connections", "public.rooms", "public.titles", "never", "No findings.");
        var json = (await work.RunAsync("monitor", "--json")).Ends(0).Json;
        Assert.Equal(0, json.GetProperty("findings").GetInt32());
        Assert.Contains(json.GetProperty("indexes").EnumerateArray(), i => i.GetProperty("name").GetString() == "public.titles" && i.GetProperty("unused").GetBoolean());
        // A key keeps something true, read or not.
        Assert.Contains(json.GetProperty("indexes").EnumerateArray(), i => i.GetProperty("name").GetString() == "public.rooms_pkey" && !i.GetProperty("unused").GetBoolean());
        Assert.Equal(true, await work.QueryAsync("SELECT to_regnamespace('sluice') IS NULL"));
    }

    [Fact]
    public async Task It_works_on_a_database_that_may_only_be_read()
    {
        await using var work = await CreateAsync("CREATE TABLE rooms (id int PRIMARY KEY)");
        await work.Database.ExecuteAsync($"ALTER DATABASE \"{work.Database.Name}\" SET default_transaction_read_only = on");
        (await work.RunAsync("monitor")).Ends(0).Says("public.rooms");
    }

    [Fact]
    public async Task Sessions_and_the_denylist_are_counted_whatever_their_columns_are_called()
    {
        await using var work = await CreateAsync("""
            CREATE TABLE sessions (id int PRIMARY KEY, "expiresAt" timestamp(3) NOT NULL, "lastUsedAt" timestamp(3) NOT NULL);
            INSERT INTO sessions SELECT n, (now() AT TIME ZONE 'UTC') + (n - 3) * interval '1 hour' - interval '1 minute', (now() AT TIME ZONE 'UTC') - n * interval '2 days' FROM generate_series(1, 10) AS n;
            CREATE SCHEMA auth;
            CREATE TABLE auth.token_blacklist (id int PRIMARY KEY, expires_at timestamptz NOT NULL);
            INSERT INTO auth.token_blacklist SELECT n, now() - interval '1 day' FROM generate_series(1, 4) AS n;
            CREATE TABLE auth.auth_attempts (id int, locked_until timestamptz);
            INSERT INTO auth.auth_attempts VALUES (1, now() + interval '1 minute'), (2, now() - interval '1 minute'), (3, NULL);
            CREATE TABLE audit_logs (action text, created_at timestamptz);
            INSERT INTO audit_logs SELECT 'login_failed', now() - n * interval '10 minutes' FROM generate_series(1, 10) AS n;
            """);
        var auth = (await work.RunAsync("monitor", "--json")).Ends(0).Json.GetProperty("auth");
        Assert.Equal(["auth.token_blacklist 4 0 4 -", "public.sessions 10 7 3 3"], auth.GetProperty("tables").EnumerateArray().Select(t =>
            $"{t.GetProperty("name").GetString()} {t.GetProperty("total")} {t.GetProperty("active")} {t.GetProperty("expired")} {(t.GetProperty("usedInSevenDays").ValueKind is System.Text.Json.JsonValueKind.Null ? "-" : t.GetProperty("usedInSevenDays"))}"));
        Assert.Equal(5, auth.GetProperty("failedLoginsLastHour").GetInt32());
        Assert.Equal(1, auth.GetProperty("lockedOut").GetInt32());
        (await work.RunAsync("monitor")).Ends(0).Says("sessions public.sessions", "7 active of 10, 3 used in the last seven days", "denylist auth.token_blacklist", "5 in the last hour");
    }

    [Fact]
    public async Task Each_threshold_that_is_crossed_is_a_finding_and_the_project_sets_them()
    {
        await using var work = await CreateAsync("""
            CREATE TABLE sessions (id int PRIMARY KEY, "expiresAt" timestamptz NOT NULL);
            INSERT INTO sessions SELECT n, now() + interval '1 hour' FROM generate_series(1, 1001) AS n;
            """);
        (await work.RunAsync("monitor")).Ends(1).Says("warning", "1,001 active of 1,001", "warning over 1,000, critical over 5,000", "1 finding.");
        Set(work, "sessions", "[10, 100]");
        (await work.RunAsync("monitor")).Ends(1).Says("critical", "warning over 10, critical over 100");
        Assert.Equal("attention", (await work.RunAsync("monitor", "--json")).Ends(1).Json.GetProperty("outcome").GetString());
        Set(work, "sessions", "null");
        (await work.RunAsync("monitor")).Ends(0).Says("No findings.");
    }

    [Fact]
    public async Task Dead_rows_and_long_transactions_are_findings()
    {
        await using var work = await CreateAsync("CREATE TABLE rooms (id int PRIMARY KEY, title text) WITH (autovacuum_enabled = off); INSERT INTO rooms SELECT n, 'x' FROM generate_series(1, 20000) AS n;");
        // Statistics do not come with a copied database.
        await work.Database.ExecuteAsync("ANALYZE rooms; UPDATE rooms SET title = 'y'; SELECT pg_stat_force_next_flush()");
        Set(work, "longTransaction", "[0, 3600]");
        await using var connection = await work.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("SELECT 1", connection, transaction);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        (await work.RunAsync("monitor")).Ends(1).Says("long transactions", "dead rows", "50 %, in public.rooms", "sluice maintain", "2 findings.");
    }

    [Theory]
    [InlineData("""{"monitor": {"thresholds": {"sesions": [1, 2]}}}""", "`monitor.thresholds.sesions`", "sessions")]
    [InlineData("""{"monitor": {"thresholds": {"sessions": [2, 1]}}}""", "`monitor.thresholds.sessions` is [2, 1]", "[1000, 5000]")]
    [InlineData("""{"monitor": {"thresholds": {"sessions": "many"}}}""", "`monitor.thresholds.sessions` is \"many\"", "[1000, 5000]")]
    [InlineData("""{"monitor": {"treshold": {}}}""", "`monitor.treshold`", "thresholds")]
    [InlineData("""{"monitor": 1}""", "`monitor` is 1", "thresholds")]
    public async Task A_slip_in_the_thresholds_is_named(string json, string what, string remedy)
    {
        using var work = new Workspace();
        work.Write("sluice.json", json);
        (await work.RunAsync("monitor", "--url", "postgresql://x@127.0.0.1:1/x")).Ends(1).Warns(what, remedy);
    }

    private static async Task<LiveWorkspace> CreateAsync(string sql)
    {
        var work = await LiveWorkspace.CreateAsync(sql: sql);
        Set(work, "connections", "null");
        return work;
    }

    // How many connections the server has is the other tests' doing.
    private static void Set(Workspace work, string name, string limit) =>
        work.Write("sluice.json", System.Text.Json.JsonSerializer.Serialize(new
        {
            monitor = new { thresholds = new Dictionary<string, int[]?> { ["connections"] = null, [name] = System.Text.Json.JsonSerializer.Deserialize<int[]?>(limit) } },
        }));
}
