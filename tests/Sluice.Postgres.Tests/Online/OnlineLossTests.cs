using Sluice.Postgres.Online;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Online;

/// <summary>What would lose or alter values without a word, one way or the other.</summary>
public sealed class OnlineLossTests
{
    private const string First = """
        CREATE TYPE role AS ENUM ('ADMIN', 'USER');
        CREATE TABLE t (id int PRIMARY KEY, name text, total int DEFAULT 7, seen timestamp, role role, twice int GENERATED ALWAYS AS (total * 2) STORED);
        CREATE SEQUENCE counter;
        INSERT INTO t VALUES (1, 'one', 10, '2026-01-01 12:00', 'USER'), (2, 'two', NULL, NULL, NULL);
        """;

    private static readonly (string Code, string Says, string Next, string[] Set)[] Refused =
    [
        ("SL5123", "line 2: INSERT INTO", "ALTER TABLE t RENAME COLUMN name TO title;\nINSERT INTO t VALUES (3)", []),
        ("SL5123", "UPDATE t SET name", "UPDATE t SET name = upper(name); ALTER TABLE t RENAME COLUMN total TO sum", []),
        ("SL5123", "DELETE FROM t", "DELETE FROM t WHERE id = 2; ALTER TABLE t RENAME COLUMN name TO title", []),
        ("SL5123", "setval", "SELECT setval('counter', 100); ALTER TABLE t RENAME COLUMN name TO title", []),
        ("SL5123", "RESTART", "ALTER SEQUENCE counter RESTART WITH 100; ALTER TABLE t RENAME COLUMN name TO title", []),
        ("SL5123", "DO $$", "DO $$ BEGIN UPDATE t SET name = 'x'; END $$; ALTER TABLE t RENAME COLUMN name TO title", []),
        ("SL5123", "line 1: ALTER TABLE t ALTER COLUMN extra DROP DEFAULT", "ALTER TABLE t ADD COLUMN extra int DEFAULT 5; ALTER TABLE t ALTER COLUMN extra DROP DEFAULT", []),
        ("SL5123", "SET DEFAULT 6", "ALTER TABLE t ADD extra int DEFAULT 5; ALTER TABLE t ALTER extra SET DEFAULT 6", []),
        ("SL5123", "CREATE VIEW", "ALTER TABLE t RENAME COLUMN name TO title; CREATE VIEW v AS SELECT 1 AS one", []),
        ("SL5123", "CreateFunction", "ALTER TABLE t RENAME COLUMN name TO title; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", []),
        ("SL5122", "t.name", "ALTER TABLE t DROP COLUMN name; ALTER TABLE t ADD COLUMN name text", []),
        ("SL5122", "--back \"t.role", "ALTER TYPE role RENAME TO gone; CREATE TYPE role AS ENUM ('USER', 'GUEST'); ALTER TABLE t ALTER COLUMN role TYPE role USING 'USER'; DROP TYPE gone", ["t.role = 'USER'"]),
        ("SL5122", "--back \"t.seen", "ALTER TABLE t ALTER COLUMN seen TYPE timestamptz", ["t.seen = seen AT TIME ZONE 'UTC'"]),
        ("SL5121", "`twice` is computed", "ALTER TABLE t ALTER COLUMN name TYPE int USING 1", ["t.name = twice"]),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_would_not_happen_or_could_not_be_kept_is_refused_before_anything_is_touched()
    {
        await using var bench = await OnlineBench.OpenAsync(First, "");
        foreach (var (code, says, next, set) in Refused)
        {
            bench.Bench.Write(OnlineBench.Next, next);

            var problem = await Workbench.FailAsync(() => bench.StartAsync(set));

            Assert.True(problem.Code == code && problem.Message.Contains(says, StringComparison.Ordinal) && !problem.Remedies.IsEmpty, $"{code} of {next}: {problem.Code} {problem.Message}");
        }

        // What `--set` tells of needs no refusal, and a query that only asks neither.
        bench.Bench.Write(OnlineBench.Next, "SELECT count(*) FROM t; UPDATE t SET name = '' WHERE name IS NULL; ALTER TABLE t ALTER COLUMN name SET NOT NULL");
        await bench.StartAsync(["t.name = coalesce(name, '')"]);
        await bench.RollbackAsync();

        await bench.Bench.ExecuteAsync("CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := lower(NEW.name); RETURN NEW; END'; CREATE TRIGGER low BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION low()");
        bench.Bench.Write("20260101000000_first", First + "CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := lower(NEW.name); RETURN NEW; END'; CREATE TRIGGER low BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION low()");
        await bench.Bench.ExecuteAsync("DROP SCHEMA sluice CASCADE; DELETE FROM _prisma_migrations");
        await Resolve.AppliedAsync(bench.Bench.Settings, "20260101000000_first", Stop);
        var trigger = await Workbench.FailAsync(() => bench.StartAsync(["t.name = coalesce(name, '')"]));
        Assert.True(trigger.Code == "SL5123" && trigger.Message.Contains("`low` of `t`", StringComparison.Ordinal), trigger.Message);
    }

    [Fact]
    public async Task A_trigger_that_somebody_makes_meanwhile_stops_it_before_both_versions_are_served_and_before_its_end()
    {
        const string Low = "CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := lower(NEW.name); RETURN NEW; END'; CREATE TRIGGER low BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION low()";
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'one')", "ALTER TABLE t ALTER COLUMN name TYPE varchar(9)");
        bench.Bench.Settings = bench.Bench.Settings with { Progress = new AtStep("statistics of t", () => bench.Bench.ExecuteAsync(Low).Wait(Stop)) };
        var begun = await Workbench.FailAsync(() => bench.StartAsync(["t.name = left(name, 9)"]));
        bench.Bench.Settings = bench.Bench.Settings with { Progress = null };
        Assert.True(begun.Code == "SL5123" && begun.Message.Contains("`low` of `t`", StringComparison.Ordinal), begun.Message);
        await bench.Bench.ExecuteAsync("DROP FUNCTION low CASCADE");
        Assert.Equal(OnlineState.Switched, (await bench.StartAsync()).State);

        await bench.Bench.ExecuteAsync(Low);
        var ended = await Workbench.FailAsync(() => bench.CompleteAsync());
        Assert.True(ended.Code == "SL5123" && ended.Message.Contains("`low` of `t`", StringComparison.Ordinal), ended.Message);
        await bench.Bench.ExecuteAsync("DROP FUNCTION low CASCADE");

        await bench.CompleteAsync();
        await bench.AssertIsAfterAsync();
    }

    [Fact]
    public async Task A_row_that_a_new_client_writes_past_the_view_keeps_its_values_and_so_does_one_that_a_replica_applies()
    {
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, total int DEFAULT 7)", "ALTER TABLE t ALTER COLUMN total TYPE bigint");
        await bench.StartAsync();

        await bench.NewAsync("INSERT INTO public.t (id, total) VALUES (3, 33)");
        await bench.NewAsync("INSERT INTO t (id, total) VALUES (4, NULL)");
        await bench.NewAsync("INSERT INTO t (id) VALUES (5)");
        await bench.OldAsync("SET session_replication_role = replica; INSERT INTO t (id, total) VALUES (6, 66)");

        Assert.Equal("3 33,4 -,5 7,6 66", await bench.OldAsync("SELECT id, total FROM t ORDER BY id"));
        Assert.Equal("3 33,4 -,5 7,6 66", await bench.NewAsync("SELECT id, total FROM t ORDER BY id"));
    }

    [Fact]
    public async Task Nothing_is_taken_back_that_it_has_not_made_nor_resolved_or_repaired_meanwhile()
    {
        await using var bench = await OnlineBench.OpenAsync("CREATE TABLE t (id int PRIMARY KEY, n int); CREATE TABLE u (id int PRIMARY KEY)", "ALTER TABLE t ALTER COLUMN n TYPE bigint");
        using var stop = new CancellationTokenSource();
        bench.Bench.Settings = bench.Bench.Settings with { Progress = new AtFirst(stop) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OnlineChange.StartAsync(bench.Bench.Settings, new OnlineRequest(), stop.Token));
        bench.Bench.Settings = bench.Bench.Settings with { Progress = null };
        foreach (var act in new Func<Task>[]
        {
            () => Resolve.AppliedAsync(bench.Bench.Settings, OnlineBench.Next, Stop),
            () => Resolve.RolledBackAsync(bench.Bench.Settings, OnlineBench.Next, Stop),
        })
        {
            Assert.Equal("SL5129", (await Workbench.FailAsync(act)).Code);
        }

        await bench.Bench.ExecuteAsync("ALTER TABLE t ADD COLUMN sluice_n text DEFAULT 'mine'; INSERT INTO t (id) VALUES (1)");
        Assert.Equal("SL5126", (await Workbench.FailAsync(() => bench.StartAsync())).Code);
        await bench.RollbackAsync();

        Assert.Equal("mine", await bench.OldAsync("SELECT sluice_n FROM t"));
    }

    [Fact]
    public async Task What_the_other_version_would_cut_or_round_or_lose_is_refused_or_asked_for()
    {
        await using var bench = await OnlineBench.OpenAsync(
            "CREATE TABLE t (id int PRIMARY KEY, code varchar(3), price numeric(6,2), found int, nick text); INSERT INTO t VALUES (1, 'abc', 1.50, 5, 'nn')",
            "ALTER TABLE t ALTER COLUMN code TYPE text, ALTER COLUMN price TYPE numeric, ALTER COLUMN found TYPE text; ALTER TABLE t ADD COLUMN extra text; ALTER TABLE t DROP COLUMN nick");
        await bench.StartAsync(["t.found = found::text || '!'"], ["t.found = rtrim(found, '!')"]);

        foreach (var (column, value) in new[] { ("code", "'abcd'"), ("price", "1.505") })
        {
            Assert.Equal("22001", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => bench.NewAsync($"INSERT INTO t (id, {column}) VALUES (9, {value})"))).SqlState);
            Assert.Equal("22001", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => bench.NewAsync($"UPDATE t SET {column} = {value}"))).SqlState);
        }

        await bench.NewAsync("INSERT INTO t (id, code, price, found, extra) VALUES (2, 'xyz', 2.5, '7!', 'only new')");
        Assert.Equal("abc 1.50 5,xyz 2.50 7", await bench.OldAsync("SELECT code, price, found FROM t ORDER BY id"));
        Assert.Equal("1", await bench.NewAsync("WITH seen AS (SELECT xmin AS v FROM t WHERE id = 1) UPDATE t SET extra = extra FROM seen WHERE id = 1 AND t.xmin = seen.v RETURNING id"));

        var back = await Workbench.FailAsync(() => bench.RollbackAsync());
        Assert.True(back.Code == "SL5137" && back.Message.Contains("t.extra: 1", StringComparison.Ordinal), back.Message);
        var on = await Workbench.FailAsync(() => bench.CompleteAsync());
        Assert.True(on.Code == "SL5137" && on.Message.Contains("t.nick: 1", StringComparison.Ordinal), on.Message);

        await bench.RollbackAsync(anyLoss: true);
        await bench.AssertIsBeforeAsync();
        await bench.StartAsync(["t.found = found::text || '!'"], ["t.found = rtrim(found, '!')"]);
        await bench.CompleteAsync(anyLoss: true);
        await bench.AssertIsAfterAsync();
        Assert.Equal("abc 5!,xyz 7!", await bench.NewAsync("SELECT code, found FROM t ORDER BY id"));
    }

    private sealed class AtStep(string title, Action act) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is RunEvent.OnlineStep step && step.Title == title)
            {
                act();
            }
        }
    }

    private sealed class AtFirst(CancellationTokenSource stop) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is RunEvent.OnlineStep)
            {
                stop.Cancel();
            }
        }
    }
}
