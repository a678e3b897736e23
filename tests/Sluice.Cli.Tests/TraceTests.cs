using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class TraceTests
{
    private const string Shop = """
        CREATE TYPE state AS ENUM ('new', 'paid');
        CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
        CREATE TABLE orders (id int PRIMARY KEY, customer_id bigint REFERENCES customers (id), total numeric(10, 2) NOT NULL CHECK (total > 0), state state NOT NULL, placed timestamptz);
        CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

        """;

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_pending_migrations_really_lock_rewrite_and_scan_is_shown_beside_the_prediction(bool folders)
    {
        await using var work = await LiveWorkspace.CreateAsync();
        Add(work, folders, "20260101000000_shop", Shop);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        Add(work, folders, "20260102000000_change", """
            ALTER TABLE orders ALTER COLUMN id TYPE bigint;
            ALTER TABLE orders ADD COLUMN note text DEFAULT 'x';
            ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total > 1) NOT VALID;
            CREATE INDEX CONCURRENTLY orders_placed_idx ON orders (placed);
            ALTER TABLE events DETACH PARTITION events_2026 CONCURRENTLY;
            UPDATE orders SET note = 'y';
            """);
        var before = await StateAsync(work);

        var run = (await work.RunAsync("migrate", "verify", "--trace")).Ends(0).Says(
            "as predicted: locks orders (ACCESS EXCLUSIVE), rewrites orders, builds orders_pkey",
            "as predicted: orders is locked already (ACCESS EXCLUSIVE)",
            "as predicted: locks orders (SHARE UPDATE EXCLUSIVE), scans orders",
            "as predicted: locks events (SHARE UPDATE EXCLUSIVE), locks events_2026 (ACCESS EXCLUSIVE)",
            "6 statements traced in 1 migration: all as predicted");
        Assert.DoesNotContain("20260101000000_shop", run.Output, StringComparison.Ordinal);
        var json = (await work.RunAsync("migrate", "verify", "--trace", "--json")).Ends(0).Json;
        var first = json.GetProperty("migrations")[0].GetProperty("trace")[0].GetProperty("measured");
        Assert.Equal("orders", first.GetProperty("rewrites")[0].GetString());
        Assert.True(first.GetProperty("walBytes").GetInt64() > 0);
        Assert.Equal(before, await StateAsync(work));
    }

    [Fact]
    public async Task What_is_otherwise_than_predicted_or_cannot_be_traced_is_a_finding()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_shop", Shop);
        work.Versioned("002_more", """
            CREATE FUNCTION also() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN LOCK TABLE customers; END $$;
            CREATE EVENT TRIGGER also ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION also();
            COMMENT ON TABLE orders IS 'what was sold';
            """);
        work.Versioned("003_less", "ALTER TABLE orders SET LOGGED;\n-- sluice: allow M02 because it is where it is to be\nALTER TABLE customers SET LOGGED;\n");
        work.Versioned("004_beyond", "ALTER SYSTEM SET work_mem = '8MB';\nALTER TABLE orders ADD COLUMN weight int NOT NULL;\nCREATE EXTENSION nowhere_to_be_found;\n");

        (await work.RunAsync("migrate", "verify", "--trace")).Ends(1).Says(
            "danger M01: It does more than was told: it locks customers with AccessExclusive, and no lock was told.",
            "advice M02: It does less than was told: it does not rewrite orders",
            "warning M03: It cannot be traced: it reaches beyond the database, and is not run on a copy.",
            "warning M04: Invented rows refuse it: 23502",
            "warning M03: It cannot be traced: 0A000");
        var sarif = (await work.RunAsync("migrate", "verify", "--trace", "--format", "sarif", "-m", "003")).Ends(0).Json;
        Assert.Equal("M02", Assert.Single(sarif.GetProperty("runs")[0].GetProperty("results").EnumerateArray()).GetProperty("ruleId").GetString());
        (await work.RunAsync("migrate", "verify", "--trace", "--all-new")).Ends(1).Warns("Leave one of them out");
    }

    [Fact]
    public async Task Rows_of_the_live_database_show_what_they_refuse()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_shop", Shop);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        await work.Database.ExecuteAsync("""
            INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 300) g;
            INSERT INTO orders SELECT g, 301 - g, 5, 'paid' FROM generate_series(1, 300) g;
            UPDATE orders SET total = 0.5 WHERE id = 290;
            """);
        work.Versioned("002_more", "ALTER TABLE orders ADD CONSTRAINT whole CHECK (total >= 1);\nALTER TABLE orders VALIDATE CONSTRAINT whole;\n");
        (await work.RunAsync("migrate", "verify", "--trace")).Ends(0).Says("2 statements traced");
        (await work.RunAsync("migrate", "verify", "--trace", "--sample", "20")).Ends(0).Says("warning M04: Rows of the live database refuse it: 23514", "2 statements traced");
        (await work.RunAsync("migrate", "verify", "--trace", "--sample", "0")).Ends(1).Warns("--sample is 0.");
        Assert.Equal(300L, await work.QueryAsync("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task What_reaches_beyond_the_database_from_within_is_taken_back_or_told()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        var (left, hidden) = ("left_" + work.Database.Name, "hidden_" + work.Database.Name);
        work.Versioned("001_shop", Shop + $"""
            CREATE FUNCTION make(name text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE concat('CREATE', ' ROLE ', quote_ident(name)); RETURN name; END $$;
            SELECT make('{left}');
            """);
        work.Versioned("002_more", $"""
            SELECT make('{hidden}');
            DO $$ BEGIN EXECUTE concat('ALTER', ' ROLE ', '{left}', ' LOGIN'); END $$;
            DO $$ BEGIN CREATE ROLE {hidden}; END $$;
            SELECT * FROM dblink('', 'CREATE ROLE {hidden}') AS t (done text);
            ALTER TABLE orders ADD COLUMN note text;
            """);
        try
        {
            (await work.RunAsync("migrate", "verify", "--trace", "-m", "002")).Ends(0).Says(
                "left behind: while the migrations before it were replayed, ",
                $"role {left} was made",
                "it reaches beyond the database (it writes to pg_authid), and was taken back.",
                "1 statement traced in 1 migration: all as predicted; 4 cannot be traced");
            Assert.Equal(left, await work.QueryAsync($"SELECT string_agg(rolname, ',')::text FROM pg_roles WHERE rolname IN ('{left}', '{hidden}')"));
        }
        finally
        {
            await work.Database.ExecuteAsync($"DROP ROLE IF EXISTS \"{left}\", \"{hidden}\"");
        }
    }

    [Fact]
    public async Task Killed_it_leaves_the_live_database_as_it_was_and_the_next_run_drops_what_is_left()
    {
        const string Sleeping = "SELECT datname::text FROM pg_stat_activity WHERE query LIKE '%pg_sleep(603)%' AND state = 'active' AND datname <> current_database() LIMIT 1";
        const string Prefix = "prisma_migrate_shadow_db_";
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_shop", Shop);
        (await work.RunAsync("up", "--no-backup")).Ends(0);
        work.Versioned("002_slow", "ALTER TABLE orders ADD COLUMN note text;\nSELECT pg_sleep(603);\n");
        var before = await StateAsync(work);
        string left;
        using (var process = Tool.Start(work.Folder, work.Environment, "migrate", "verify", "--trace"))
        {
            await KilledRunTests.UntilAsync(work, $"SELECT EXISTS ({Sleeping})");
            left = (string)(await work.QueryAsync(Sleeping))!;
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await work.QueryAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{left}'");
        await KilledRunTests.UntilAsync(work, $"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = '{left}')");
        Assert.Equal(before, await StateAsync(work));

        // As if that had been two minutes ago, which its name tells.
        var made = $"{DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeMilliseconds():x12}";
        var aged = $"{Prefix}{made[..8]}-{made[8..]}{left[(Prefix.Length + 13)..]}";
        await work.QueryAsync($"ALTER DATABASE \"{left}\" RENAME TO \"{aged}\"");
        work.Versioned("002_slow", "ALTER TABLE orders ADD COLUMN note text;\n");
        (await work.RunAsync("migrate", "verify", "--trace")).Ends(0).Says("1 statement traced in 1 migration: all as predicted");

        Assert.Equal(false, await work.QueryAsync($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{aged}')"));
        Assert.Equal(before, await StateAsync(work));
    }

    private static void Add(LiveWorkspace work, bool folders, string name, string sql)
    {
        if (folders)
        {
            work.Migration(name, sql);
        }
        else
        {
            work.Versioned(name, sql);
        }
    }

    private static Task<object?> StateAsync(LiveWorkspace work) => work.QueryAsync(
        "SELECT concat((SELECT string_agg(concat(xmin, relname, relfilenode), '|' ORDER BY oid) FROM pg_class WHERE oid >= 16384), (SELECT count(*) FROM orders))");
}
