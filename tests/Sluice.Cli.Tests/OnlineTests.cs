using Npgsql;

namespace Sluice.Cli.Tests;

public sealed class OnlineTests
{
    private const string First = """
        CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL);
        CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id));
        INSERT INTO customers (email) SELECT 'c' || g FROM generate_series(1, 2000) g;
        """;

    private const string Next = """
        ALTER TABLE customers ALTER COLUMN id TYPE bigint;
        ALTER TABLE customers RENAME COLUMN email TO address;
        ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;
        """;

    // Holds a run still just before the step at `gate.at` is committed.
    private const string Gate = """
        CREATE TABLE sluice.gate (at int);
        INSERT INTO sluice.gate VALUES (1);
        CREATE FUNCTION sluice.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.position = (SELECT at FROM sluice.gate) AND NEW.position > OLD.position THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$;
        CREATE TRIGGER hold BEFORE UPDATE ON sluice.online FOR EACH ROW EXECUTE FUNCTION sluice.hold();
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_in_every_state_among_clients_of_both_versions_it_goes_on_to_its_end()
    {
        await using var work = await OpenAsync();
        (await work.RunAsync("migrate", "online", "start")).Ends(0);
        (await work.RunAsync("migrate", "online", "rollback")).Ends(0);
        await work.QueryAsync(Gate);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var (byOld, byNew) = (0, 0);
        var old = WriteAsync(work, "public", "INSERT INTO customers (email) VALUES ('old') RETURNING id", "UPDATE customers SET email = email || '.' WHERE id = $1", n => byOld = n, over.Token);
        var states = new List<string?>();
        var steps = await KillAtEachAsync(work, "start", states);
        using var overNew = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var @new = WriteAsync(work, $"\"public_{Second}\",public", "INSERT INTO customers (address) VALUES ('new') RETURNING id", "UPDATE customers SET address = address || '.' WHERE id = $1", n => byNew = n, overNew.Token);
        // Both versions at once, for as long as it takes each.
        await Wait.UntilAsync(() => (byOld > 50 && byNew > 20) || old.IsCompleted || @new.IsCompleted, "they do not write");
        await over.CancelAsync();
        await old;
        steps += await KillAtEachAsync(work, "complete", states);
        await Wait.UntilAsync(() => byNew > 50 || @new.IsCompleted, "the new version does not write");
        await overNew.CancelAsync();
        await @new;

        Assert.Equal(["expand", "dual write", "backfill", "verify", "switch", "contract"], states.Distinct());
        Assert.True(steps >= 15, $"only {steps} kills");
        Assert.True(byOld > 50 && byNew > 50, $"{byOld} and {byNew} rows were written beside it");
        Assert.Equal((long)byOld, await work.QueryAsync("SELECT count(*) FROM customers WHERE address = 'old.' AND pg_typeof(id) = 'bigint'::regtype"));
        Assert.Equal((long)byNew, await work.QueryAsync("SELECT count(*) FROM customers WHERE address = 'new.'"));
        Assert.Equal(2000L, await work.QueryAsync("SELECT count(*) FROM customers WHERE address = 'c' || id"));
        (await work.RunAsync("migrate", "status")).Ends(0);
        (await work.RunAsync("migrate", "diff", "--from-migrations", "migrations", "--to-url", work.Database.Url, "--exit-code")).Ends(0);
    }

    [Fact]
    public async Task It_says_how_to_connect_and_what_comes_next()
    {
        await using var work = await OpenAsync();
        (await work.RunAsync("migrate", "online", "status")).Ends(0).Says("No migration was ever carried out online here.");
        (await work.RunAsync("migrate", "online", "complete")).Ends(1).Warns("SL5120", "sluice migrate online start");

        (await work.RunAsync("migrate", "online", "start")).Ends(0)
            .Says("both versions are served", "Search Path=public", $"Search Path=public_{Second},public", "sluice migrate online complete").Warns("expand: schema", "verify: index");
        var status = (await work.RunAsync("migrate", "online", "status", "--json")).Ends(0).Json.GetProperty("changes")[0];
        Assert.Equal(("switched", Second, $"public_{Second},public"), (status.GetProperty("state").GetString(), status.GetProperty("migration").GetString(), status.GetProperty("searchPathAfter").GetString()));
        foreach (var other in new[] { "migrate deploy", "migrate reset --force", "db push --accept-data-loss", "migrate dev --name x" })
        {
            (await work.RunAsync(other.Split(' '))).Ends(1).Warns("SL5129", "sluice migrate online rollback");
        }

        (await work.RunAsync("status")).Ends(1).Warns($"`{Second}` is being carried out online (state `switched`)", "migrate online status");
        Assert.Equal(Second, (await work.RunAsync("status", "--json")).Ends(1).Json.GetProperty("online").GetString());
        string[] doctor = ["doctor", "--skip-check", Operating.DoctorTests.ThrowAway];
        (await work.RunAsync(doctor)).Ends(1).Says("online change", $"{Second} is in state `switched`");
        var complete = (await work.RunAsync("migrate", "online", "complete", "--json")).Ends(0);
        Assert.True(File.Exists(complete.Json.GetProperty("backup").GetProperty("file").GetString()));
        Assert.Equal(complete.Json.GetProperty("backup").GetProperty("file").GetString(), await work.QueryAsync("SELECT backup FROM sluice.runs ORDER BY id DESC LIMIT 1"));
        Assert.True(complete.Json.GetProperty("postVerify").GetArrayLength() > 0);
        (await work.RunAsync("migrate", "online", "status")).Ends(0).Says("done");
        (await work.RunAsync(doctor)).Ends(0).Says("No findings.");
        (await work.RunAsync("migrate", "online", "rollback")).Ends(1).Warns("SL5120");
    }

    private const string Second = "20260102000000_wider";

    private static async Task<LiveWorkspace> OpenAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        work.Schema("");
        work.Migration("20260101000000_first", First);
        (await work.RunAsync("migrate", "deploy", "--no-backup")).Ends(0);
        work.Migration(Second, Next);
        return work;
    }

    /// <summary>Kills the command at each step that it comes to, until it ends by itself.</summary>
    private static async Task<int> KillAtEachAsync(LiveWorkspace work, string command, List<string?> states)
    {
        for (var kills = 0; ; kills++)
        {
            using var process = Tool.Start(work.Folder, work.Environment, ["migrate", "online", command, .. command == "complete" ? ["--no-backup"] : Array.Empty<string>()]);
            var said = process.StandardError.ReadToEndAsync(Stop);
            var sleeper = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
            await Wait.UntilAsync(async () => process.HasExited || await work.QueryAsync(sleeper) is int, "it neither came to the gate nor to its end");
            if (process.HasExited)
            {
                Assert.True(process.ExitCode == 0, await said);
                return kills;
            }

            process.Kill();
            await process.WaitForExitAsync(Stop);
            states.Add(await work.QueryAsync("SELECT s.state FROM sluice.online o JOIN sluice.online_steps s ON s.change = o.id AND NOT s.back AND s.ordinal = o.position WHERE o.state NOT IN ('done', 'rolled back')") as string);
            await work.QueryAsync($"UPDATE sluice.gate SET at = at + 1; SELECT pg_terminate_backend(({sleeper}))");
            await Wait.UntilAsync(async () => await work.QueryAsync(sleeper) is null, "its session lives on");
        }
    }

    /// <summary>Writes rows until it is told to stop; each one twice.</summary>
    private static async Task WriteAsync(LiveWorkspace work, string path, string insert, string update, Action<int> written, CancellationToken stop)
    {
        var address = new NpgsqlConnectionStringBuilder(work.Database.ConnectionString) { SearchPath = path, Pooling = false };
        await using var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Stop);
        // Prepared once, as pools do: their plans live through each step.
        await using var add = new NpgsqlCommand(insert, connection);
        await using var change = new NpgsqlCommand(update, connection) { Parameters = { new NpgsqlParameter<int>() } };
        await add.PrepareAsync(Stop);
        await change.PrepareAsync(Stop);
        for (var rows = 1; !stop.IsCancellationRequested; rows++)
        {
            change.Parameters[0].Value = Convert.ToInt32(await add.ExecuteScalarAsync(Stop), System.Globalization.CultureInfo.InvariantCulture);
            await change.ExecuteNonQueryAsync(Stop);
            written(rows);
            await Task.Delay(5, Stop);
        }
    }
}
