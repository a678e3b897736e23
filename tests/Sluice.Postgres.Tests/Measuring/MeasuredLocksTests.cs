using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Lint;
using Sluice.Lint.Measuring;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Measuring;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Tests.Support;
using Sluice.Text;
using Xunit;

namespace Sluice.Postgres.Tests.Measuring;

/// <summary>The 107 statements of `locks-pg15.json`, traced on this server: what was measured then, what is measured now and what is predicted are the same.</summary>
public sealed class MeasuredLocksTests(ITestOutputHelper output)
{
    private const string Schema = """
        CREATE TYPE mood AS ENUM ('a', 'b');
        CREATE DOMAIN dom AS int;
        CREATE SEQUENCE sq;
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TABLE p (
          id int PRIMARY KEY, x int, y int NOT NULL DEFAULT 0, tx text, v varchar(20), vv varchar, i int, n numeric(10,2), ts timestamp, tz timestamptz,
          j json, c char(5), u uuid, m mood, d dom
        );
        CREATE INDEX p_y ON p (y);
        CREATE UNIQUE INDEX p_i ON p (i);
        INSERT INTO p (id, x, tx, v, vv, i, n, c, d) SELECT g, g, 't', 'v', 'w', g, 1, 'c', 1 FROM generate_series(1, 200) g;
        ALTER TABLE p ADD CONSTRAINT ck_nv CHECK (x > -1) NOT VALID;
        CREATE TRIGGER trg BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TABLE ch (id int PRIMARY KEY, q int);
        INSERT INTO ch SELECT g, g FROM generate_series(1, 200) g;
        ALTER TABLE ch ADD CONSTRAINT fk_nv FOREIGN KEY (q) REFERENCES p (id) NOT VALID;
        CREATE VIEW vw AS SELECT id FROM p;
        CREATE MATERIALIZED VIEW mv AS SELECT id FROM p;
        CREATE UNIQUE INDEX mvu ON mv (id);
        CREATE TABLE pt (id int, k int) PARTITION BY RANGE (k);
        CREATE TABLE pt1 PARTITION OF pt FOR VALUES FROM (0) TO (100);
        CREATE TABLE pt2 (id int, k int);
        INSERT INTO pt SELECT g, g FROM generate_series(1, 50) g;
        INSERT INTO pt2 SELECT g, 100 + g FROM generate_series(1, 50) g;
        ANALYZE;
        """;

    private const string Role = "DO $$ BEGIN CREATE ROLE mf; EXCEPTION WHEN duplicate_object THEN NULL; END $$";

    // Where what was measured then is not what is measured now, and why.
    private static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["alter table p alter column i type bigint"] = "p_i is built again under another number, so that the first measurement took it for another index",
    };

    [Fact]
    public async Task The_trace_agrees_with_the_measurements_and_with_the_predictions()
    {
        var path = Repository.FindAbove(Path.Combine("shared", "reference", "locks-pg15.json"));
        Assert.SkipWhen(path is null, "The measurements are not here (shared/reference/locks-pg15.json).");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(path!, TestContext.Current.CancellationToken));
        await using var database = await TestDatabase.CreateAsync(Schema);
        Assert.SkipUnless((string)(await database.QueryAsync("SHOW server_version"))! is ['1', '5', '.', ..], "They were measured on PostgreSQL 15.");
        await database.ExecuteAsync(Role);
        var (total, wrong) = (0, new List<string>());
        foreach (var entry in json.RootElement.EnumerateArray())
        {
            var text = entry.GetProperty("stmt").GetString()!;
            var traced = await TraceAsync(database, $"BEGIN;\n{text};\nROLLBACK;");
            var (then, now, told) = (Then(entry), Now(traced), Told(traced));
            total++;
            if (now != told || (then != now) != Otherwise.ContainsKey(text))
            {
                wrong.Add($"{text}\n    then {then}\n    now  {now}\n    told {told}");
            }
        }

        output.WriteLine($"{total - wrong.Count} of {total} statements traced as predicted, {total - wrong.Count - Otherwise.Count} as measured on PostgreSQL 15.18");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(107, total);
    }

    // Partitions, inheritance, and statements that leave no locks behind to look at.
    private const string Family = """
        CREATE TABLE e (id bigint NOT NULL, at date NOT NULL, n int) PARTITION BY RANGE (at);
        CREATE TABLE e_25 PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE e_26 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (n);
        CREATE TABLE e_26_1 PARTITION OF e_26 FOR VALUES IN (1);
        CREATE TABLE e_rest PARTITION OF e DEFAULT;
        CREATE TABLE e_28 (id bigint NOT NULL, at date NOT NULL, n int, CONSTRAINT bounds CHECK (at >= '2028-01-01' AND at < '2029-01-01'));
        CREATE TABLE e_29 (id bigint NOT NULL, at date NOT NULL, n int, CONSTRAINT bounds CHECK (at >= '2020-01-01' AND at < '2035-01-01'));
        INSERT INTO e VALUES (1, '2025-05-05', 1), (2, '2026-05-05', 1), (3, '2030-05-05', 1);
        INSERT INTO e_28 VALUES (1, '2028-05-05', 1);
        INSERT INTO e_29 VALUES (1, '2029-05-05', 1);
        CREATE TABLE s (id int, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE s_25 PARTITION OF s FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE mother (id int PRIMARY KEY, n int);
        CREATE TABLE child (extra int) INHERITS (mother);
        CREATE TABLE alone (id int NOT NULL, n int);
        CREATE TABLE words (word varchar(20) UNIQUE);
        INSERT INTO mother SELECT g, g FROM generate_series(1, 50) g;
        INSERT INTO child SELECT g, g, g FROM generate_series(51, 99) g;
        CREATE INDEX mother_n ON mother (n);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        """;

    private static readonly string[] OfTheFamily = [.. """
        ALTER TABLE e ADD COLUMN x int
        ALTER TABLE e ALTER COLUMN id TYPE int
        ALTER TABLE e ALTER COLUMN n SET NOT NULL
        ALTER TABLE e ALTER COLUMN n SET DEFAULT 5
        ALTER TABLE e DROP COLUMN id
        ALTER TABLE e RENAME COLUMN id TO key
        ALTER TABLE e ADD CONSTRAINT positive CHECK (n > 0)
        ALTER TABLE e ADD CONSTRAINT positive CHECK (n > 0) NOT VALID
        ALTER TABLE e ADD CONSTRAINT mothers FOREIGN KEY (n) REFERENCES mother (id)
        ALTER TABLE e ADD PRIMARY KEY (id, at, n)
        ALTER TABLE ONLY e ALTER COLUMN n SET DEFAULT 6
        ALTER TABLE e ATTACH PARTITION e_28 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')
        ALTER TABLE e ATTACH PARTITION e_29 FOR VALUES FROM ('2029-01-01') TO ('2030-01-01')
        ALTER TABLE e DETACH PARTITION e_25
        CREATE TABLE e_27 PARTITION OF e FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')
        CREATE INDEX ON e (id)
        CREATE INDEX ON ONLY e (id)
        CREATE TRIGGER t BEFORE INSERT ON e FOR EACH ROW EXECUTE FUNCTION f()
        DROP TABLE e_25
        DROP TABLE e
        DROP TABLE e_28
        TRUNCATE e
        LOCK TABLE e IN SHARE MODE
        UPDATE e SET n = 1
        ALTER TABLE mother ADD COLUMN x int
        ALTER TABLE mother ALTER COLUMN n TYPE bigint
        ALTER TABLE mother ADD CONSTRAINT positive CHECK (n > 0)
        ALTER TABLE ONLY mother ADD CONSTRAINT positive CHECK (n > 0) NO INHERIT
        ALTER TABLE mother ADD CONSTRAINT once UNIQUE (n)
        ALTER TABLE mother OWNER TO CURRENT_USER
        ALTER TABLE child NO INHERIT mother
        ALTER TABLE alone INHERIT mother
        ALTER TABLE mother ADD COLUMN x int NOT NULL
        ALTER TABLE words ALTER COLUMN word TYPE varchar(40)
        TRUNCATE mother
        TRUNCATE alone
        CREATE INDEX CONCURRENTLY mother_i ON mother (id)
        DROP INDEX CONCURRENTLY mother_n
        REINDEX INDEX CONCURRENTLY mother_n
        REINDEX TABLE CONCURRENTLY mother
        REINDEX TABLE mother
        ALTER TABLE s DETACH PARTITION s_25 CONCURRENTLY
        VACUUM mother
        VACUUM FULL mother
        VACUUM (ANALYZE) mother
        ANALYZE e
        CLUSTER mother USING mother_n
        """.Split('\n', StringSplitOptions.TrimEntries)];

    [Fact]
    public async Task Partitions_inheritors_and_statements_that_run_alone_are_traced_as_predicted()
    {
        var different = new List<string>();
        await using var shared = await TestDatabase.CreateAsync(Family);
        foreach (var statement in OfTheFamily)
        {
            // What refuses a transaction cannot be rolled back, nor what was run once more without rows.
            await using var own = Stays(statement) ? await TestDatabase.CreateAsync(Family) : null;
            var traced = (await TraceAsync(own ?? shared, own is null ? $"BEGIN; {statement}; ROLLBACK" : statement)).Single(s => s.Seen is not null || s.Refusal is not null);
            var (more, less) = traced.Seen is { } seen && Comparison.Comparable(statement, seen) is var comparable
                ? (Comparison.More(traced.Told, comparable), Comparison.Less(traced.Told, comparable))
                : ([traced.Refusal ?? "not seen"], []);
            different.AddRange(more.Concat(less).Select(d => $"{statement}: {d}"));
        }

        Assert.True(different.Count == 0, string.Join('\n', different));

        static bool Stays(string statement) => statement.StartsWith("VACUUM", StringComparison.Ordinal) || statement.Contains("CONCURRENTLY", StringComparison.Ordinal) || statement.EndsWith("int NOT NULL", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_examples_of_what_only_a_trace_can_find_are_found_by_one()
    {
        const string Rows = "INSERT INTO orders SELECT g FROM generate_series(1, 5) g; INSERT INTO events_2027 VALUES (1, '2027-05-05')";
        foreach (var rule in RuleBook.All.Where(r => r.Id[0] is 'M'))
        {
            Assert.Contains(rule.Id, await FindAsync(rule.Bad));
            Assert.DoesNotContain(rule.Id, await FindAsync(rule.Good));
        }

        static async Task<IEnumerable<string>> FindAsync(string sql)
        {
            await using var database = await TestDatabase.CreateAsync($"CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';{Examples.Schema}{Rows}");
            return Comparison.Of(new SourceText("", sql), await TraceAsync(database, sql), LintPolicy.Default, default, sampled: false).Findings.Select(f => f.Rule.Id);
        }
    }

    internal static async Task<ImmutableArray<MeasuredStatement>> TraceAsync(TestDatabase database, string script)
    {
        var settings = new RunSettings { Address = Workbench.AddressOf(database.Url), MigrationsPath = "" };
        var stop = TestContext.Current.CancellationToken;
        await using var connection = await database.Source.OpenConnectionAsync(stop);
        var live = await LiveSchema.ReadAsync(connection, "public", stop);
        var told = Linter.Run(new LintInput([new SourceText("", script)], [live.Script], default) { Facts = live.Facts }).Predictions[0];
        return await new MeasuredScript(settings, settings.Address, connection, script, told).RunAsync(stop);
    }

    private static string Then(JsonElement entry) => entry.GetProperty("err").GetString() is not "" ? "refused" : Show(
        entry.GetProperty("locks").EnumerateObject().Select(l => new TableLock(l.Name, l.Value.GetString()!.Split(',').Select(n => Enum.Parse<LockLevel>(n.Replace("Lock", "", StringComparison.Ordinal))).Max())),
        entry.GetProperty("rewrite").EnumerateArray().Select(r => r.GetString()!),
        entry.GetProperty("scan").EnumerateObject().Select(s => s.Name),
        entry.GetProperty("idx").EnumerateArray().Select(i => i.GetString()!));

    private static string Now(ImmutableArray<MeasuredStatement> traced) => traced.Any(s => s.Refusal is not null) ? "refused" : Show(
        traced.SelectMany(s => s.Seen?.Locks.Items ?? []),
        traced.SelectMany(s => s.Seen?.Rewrites.Items ?? []),
        traced.SelectMany(s => s.Seen?.Scans?.Items ?? []),
        traced.SelectMany(s => s.Seen?.Indexes.Items ?? []));

    private static string Told(ImmutableArray<MeasuredStatement> traced) => traced.Any(s => s.Refusal is not null) ? "refused" : Show(
        traced.SelectMany(s => s.Told.Locks.Items),
        traced.SelectMany(s => s.Told.Rewrites.Items),
        traced.SelectMany(s => s.Told.Scans.Items),
        traced.SelectMany(s => s.Told.Indexes.Items));

    private static string Show(IEnumerable<TableLock> locks, IEnumerable<string> rewrites, IEnumerable<string> scans, IEnumerable<string> indexes) =>
        $"{string.Join(", ", locks.GroupBy(l => l.Table).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key} {g.Max(l => l.Level)}"))}; rewrites {Sorted(rewrites)}; scans {Sorted(scans)}; indexes {Sorted(indexes)}";

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal));
}
