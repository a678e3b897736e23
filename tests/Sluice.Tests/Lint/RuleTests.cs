using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Lint;
using Sluice.Lint.Rules;
using Sluice.Text;
using Xunit;

namespace Sluice.Tests.Lint;

/// <summary>The examples of the rules are their fixtures: what a page shows as bad is found, and what it shows as good is not.</summary>
public sealed class RuleTests
{
    private static readonly DateOnly Today = new(2026, 11, 21);

    // H12 is about files, M about what a server shows.
    public static TheoryData<string> Ids => [.. RuleBook.All.Where(r => r.Id is not "H12" && r.Id[0] is not 'M').Select(r => r.Id)];

    [Theory, MemberData(nameof(Ids))]
    public void The_bad_example_of_a_rule_is_found(string id)
    {
        var rule = RuleBook.Find(id)!;
        var found = Find(rule.Bad, rule.Facts);
        Assert.True(found.Any(f => f.Rule.Id == id), $"{id} is silent on:\n{rule.Bad}\nfound: {string.Join(", ", found.Select(f => f.Rule.Id))}");
        Assert.All(found.Where(f => f.Rule.Id == id), f => Assert.NotEmpty(f.Safe));
    }

    [Theory, MemberData(nameof(Ids))]
    public void The_good_example_of_a_rule_is_not(string id)
    {
        var rule = RuleBook.Find(id)!;
        var found = Find(rule.Good, rule.Facts);
        Assert.True(found.All(f => f.Rule.Id != id), $"{id} finds fault with:\n{rule.Good}\n{string.Join('\n', found.Select(f => f.Message))}");
        Assert.True(found.All(f => f.Rule.Id is not "H14"), $"cannot be analysed:\n{rule.Good}");
    }

    [Fact]
    public void There_are_86_rules_three_about_comments_that_allow_something_and_four_about_what_is_measured()
    {
        // The reference counts R04a too: what R04 must not find (What_does_no_harm_is_passed_over).
        Assert.Equal(86, RuleBook.All.Count(r => r.Id[0] is not ('S' or 'M')));
        Assert.Equal(3, RuleBook.All.Count(r => r.Id[0] is 'S'));
        Assert.Equal(4, RuleBook.All.Count(r => r.Id[0] is 'M'));
        Assert.Equal(RuleBook.All.Length, RuleBook.All.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public void Two_migrations_with_one_version_are_found_and_two_with_their_own_are_not()
    {
        Assert.Contains(Run(("m/7_a.up.sql", "SELECT 1"), ("m/007_b.up.sql", "SELECT 1")).Findings, f => f.Rule.Id is "H12");
        Assert.DoesNotContain(Run(("m/7_a.up.sql", "SELECT 1"), ("m/8_b.up.sql", "SELECT 1")).Findings, f => f.Rule.Id is "H12");
    }

    [Theory]
    [InlineData("m/8_b.up.sql", "It comes before m/9_a.up.sql, which is there already")]
    [InlineData("m/009_b.up.sql", "has the version of m/9_a.up.sql")]
    [InlineData("m/10_b.up.sql", null)]
    [InlineData("m/20260101000000_b/migration.sql", null)]
    public void A_migration_that_comes_before_one_that_is_there_is_found(string path, string? message)
    {
        var found = Linter.Run(new LintInput([new SourceText(path, "SELECT 1")], ["SELECT 1"], Today) { Earlier = ["m/9_a.up.sql"] }).Findings.Where(f => f.Rule.Id is "H12").ToList();
        Assert.Equal(message is null ? 0 : 1, found.Count);
        Assert.All(found, f => Assert.Contains(message!, f.Message, StringComparison.Ordinal));
    }

    // What other linters are wrong about.
    [Theory]
    [InlineData("ALTER TABLE orders ADD COLUMN noted timestamptz DEFAULT now()")]
    [InlineData("ALTER TABLE orders ADD COLUMN noted timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP")]
    [InlineData("ALTER TABLE orders ADD COLUMN weight int NOT NULL DEFAULT 0")]
    [InlineData("ALTER TABLE orders ALTER COLUMN code TYPE varchar(40)")]
    [InlineData("ALTER TABLE customers ALTER COLUMN name TYPE text")]
    [InlineData("ALTER TABLE orders ALTER COLUMN seen TYPE varchar")]
    [InlineData("ALTER TABLE customers ALTER COLUMN price TYPE numeric(10, 2)")]
    [InlineData("SET LOCAL timezone = 'UTC'; ALTER TABLE customers ALTER COLUMN updated TYPE timestamptz")]
    [InlineData("CREATE TABLE notes (id bigint PRIMARY KEY, a text); CREATE INDEX notes_a ON notes (a); ALTER TABLE notes ADD CHECK (a <> ''), ALTER a SET NOT NULL, ALTER a TYPE bigint USING a::bigint")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY c_key ON customers (id, email)")]
    [InlineData("INSERT INTO orders (id) VALUES (1), (2)")]
    [InlineData("UPDATE orders SET code = 'x' WHERE id = 5")]
    public void What_does_no_harm_is_passed_over(string sql) => Assert.DoesNotContain(Find(sql), f => f.Level > Level.Advice);

    // What real histories taught: each is right as it is.
    [Theory]
    [InlineData("I11", "DROP INDEX orders_code_idx; CREATE INDEX orders_code_idx ON orders (code, placed);")]
    [InlineData("I07", "CREATE INDEX CONCURRENTLY orders_code_like ON orders (code text_pattern_ops);")]
    [InlineData("I07", "CREATE INDEX CONCURRENTLY orders_code_hash ON orders USING hash (code);")]
    [InlineData("K03", "ALTER TABLE orders ALTER COLUMN state DROP DEFAULT; ALTER TABLE orders ALTER COLUMN state TYPE text; ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';")]
    [InlineData("K03", "ALTER TABLE orders ALTER COLUMN state DROP NOT NULL, ALTER COLUMN state DROP DEFAULT;")]
    [InlineData("T10", "ALTER TABLE orders ADD COLUMN a bigint, ADD COLUMN b bigint; ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES customers (id); ALTER TABLE orders ADD FOREIGN KEY (b) REFERENCES customers (id);")]
    [InlineData("D05", "ALTER TABLE orders ADD COLUMN weight int; UPDATE orders SET weight = 0;")]
    [InlineData("D08", "ALTER TABLE customers DROP COLUMN email, ADD COLUMN street text, ADD COLUMN town text;")]
    [InlineData("T10", "ALTER TABLE orders DROP CONSTRAINT orders_customer_fk; ALTER TABLE orders ADD COLUMN weight int;")]
    [InlineData("T12", "SET lock_timeout = '5s'; ALTER TABLE orders ADD COLUMN weight int;")]
    [InlineData("H12", "SELECT 1", "m/20260101000000_a/migration.sql", "m/20260101000000_b/migration.sql")]
    public void What_is_right_in_real_histories_is_passed_over(string rule, string sql, params string[] paths) =>
        Assert.DoesNotContain(Run([.. (paths is [] ? ["1_x.up.sql"] : paths).Select(p => (p, sql))]).Findings, f => f.Rule.Id == rule);

    [Theory]
    [InlineData("D08", "ALTER TABLE customers DROP COLUMN email, ADD COLUMN email_address text, ADD COLUMN town text;")]
    [InlineData("D05", "ALTER TABLE orders ADD COLUMN weight int; UPDATE orders SET weight = 0, code = 'x';")]
    [InlineData("T04", "CREATE TABLE n (a int, b bigint); ALTER TABLE n ADD FOREIGN KEY (a) REFERENCES orders (id), ADD FOREIGN KEY (b) REFERENCES customers (id); ALTER TABLE orders ADD COLUMN x int; ALTER TABLE events ADD COLUMN x int;")]
    public void What_is_wrong_beside_it_is_found(string rule, string sql) => Assert.Contains(Find(sql), f => f.Rule.Id == rule && f.Level > Level.Advice);

    [Fact]
    public void The_runners_own_timeouts_are_known() => Assert.DoesNotContain(Find("ALTER TABLE orders ADD COLUMN weight int"), f => f.Rule.Id is "T01" or "T02");

    [Theory]
    [InlineData("ALTER TABLE n ALTER COLUMN a TYPE numeric(12, 2)")]
    [InlineData("ALTER TABLE n ALTER COLUMN a TYPE numeric")]
    [InlineData("ALTER TABLE n ALTER COLUMN b TYPE inet")]
    [InlineData("ALTER TABLE n ALTER COLUMN c TYPE varchar(20) COLLATE \"C\"")]
    public void Types_that_keep_the_rows_are_passed_over(string sql) => Assert.DoesNotContain(
        Linter.Run(new LintInput([new SourceText("1_x.up.sql", sql)], ["CREATE TABLE n (a numeric(10, 2), b cidr, c varchar(20))"], Today)).Findings, f => f.Rule.Id[0] is 'R');

    [Fact]
    public void Nothing_says_to_take_an_invalid_index_for_a_whole_one() =>
        Assert.All(RuleBook.All, r => Assert.DoesNotContain(Find(r.Bad, r.Facts), f => f.Safe.Contains("CONCURRENTLY IF NOT EXISTS", StringComparison.Ordinal) && f.Rule.Id is not "I05"));

    [Theory]
    [InlineData("C03", "ALTER TABLE orders ADD CONSTRAINT once UNIQUE (code)", "AccessExclusive")]
    [InlineData("C03", "ALTER TABLE events_2027 ADD PRIMARY KEY (at)", "AccessExclusive")]
    [InlineData("C05", "ALTER TABLE orders ADD CONSTRAINT apart EXCLUDE USING gist (code WITH =)", "AccessExclusive")]
    [InlineData("P04", "ALTER TABLE orders ENABLE TRIGGER stamp", "ShareRowExclusive")]
    [InlineData("C11", "CREATE TABLE notes (id bigint PRIMARY KEY, by bigint REFERENCES customers (id))", "ShareRowExclusive on customers")]
    public void Other_linters_lock_too_weakly(string rule, string sql, string effect) =>
        Assert.StartsWith(effect, Find(sql).First(f => f.Rule.Id == rule).Effect, StringComparison.Ordinal);

    [Fact]
    public void A_check_closes_the_table_and_a_trigger_stops_writers()
    {
        Assert.StartsWith("AccessExclusive on orders", Find("ALTER TABLE orders ADD CHECK (total > 0)").Single(f => f.Rule.Id is "C02").Effect, StringComparison.Ordinal);
        Assert.StartsWith("ShareRowExclusive on orders", Find("ALTER TABLE orders DISABLE TRIGGER stamp").Single(f => f.Rule.Id is "P04").Effect, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropping_a_foreign_key_or_its_table_is_said_to_lock_the_other_table() =>
        Assert.Equal(["customers", "customers"], new[] { "ALTER TABLE orders DROP CONSTRAINT orders_customer_fk", "DROP TABLE orders" }
            .Select(sql => Find(sql).Single(f => f.Rule.Id is "C10").Message.Split(' ')[0]));

    [Fact]
    public void The_change_to_timestamptz_is_found_only_where_the_zone_is_not_known_to_be_utc()
    {
        const string Change = "ALTER TABLE customers ALTER COLUMN updated TYPE timestamptz";
        Assert.Contains(Find(Change), f => f.Rule.Id is "R04" && f.Level is Level.Warning);
        Assert.DoesNotContain(Find(Change, new LintFacts { IsUtc = true }), f => f.Rule.Id is "R04");
    }

    [Fact]
    public void A_small_table_turns_danger_to_advice_but_lost_data_stays_lost()
    {
        var facts = new LintFacts { Sizes = new Dictionary<string, TableSize> { ["orders"] = new(8192, 10, 0) } };
        Assert.Equal(Level.Advice, Find("CREATE INDEX i ON orders (seen)", facts).Single(f => f.Rule.Id is "I01").Level);
        Assert.Equal(Level.Danger, Find("DROP TABLE orders", facts).Single(f => f.Rule.Id is "D01").Level);
    }

    [Fact]
    public void The_safe_form_has_the_statements_own_names() => Assert.Equal(
        "ALTER TABLE \"Order\" ADD CONSTRAINT \"Order_user_fkey\" FOREIGN KEY (\"userId\") REFERENCES \"User\" (id) NOT VALID;\nCOMMIT;\nALTER TABLE \"Order\" VALIDATE CONSTRAINT \"Order_user_fkey\";",
        Find("ALTER TABLE \"Order\" ADD CONSTRAINT \"Order_user_fkey\" FOREIGN KEY (\"userId\") REFERENCES \"User\"(\"id\")").Single(f => f.Rule.Id is "C01").Safe);

    [Fact]
    public void Safe_forms_that_are_whole_are_found_safe_in_turn()
    {
        foreach (var id in new[] { "I01", "I02", "I03", "C01", "C02", "C03", "C06", "P02" })
        {
            var safe = Find(RuleBook.Find(id)!.Bad).First(f => f.Rule.Id == id).Safe;
            Assert.True(Find(safe).All(f => f.Level < Level.Danger), $"{id}:\n{safe}\n{string.Join('\n', Find(safe).Select(f => f.Rule.Id + " " + f.Message))}");
        }
    }

    [Fact]
    public void A_table_of_the_script_before_is_empty_only_where_both_are_applied_in_one_go()
    {
        (string, string)[] scripts = [("1_a.up.sql", "CREATE TABLE notes (id bigint PRIMARY KEY, a text)"), ("2_b.up.sql", "CREATE INDEX notes_a ON notes (a)")];
        Assert.Contains(Run(scripts).Findings, f => f.Rule.Id is "I01");
        Assert.DoesNotContain(Run(scripts, together: true).Findings, f => f.Rule.Id is "I01");
    }

    [Theory]
    [InlineData("CREATE INDEX i ON orders (seen); -- sluice: allow I01 because nobody writes at night", true)]
    [InlineData("-- sluice: allow I01, H03 because nobody writes at night until 2026-11-21\nCREATE INDEX i ON orders (seen)", true)]
    [InlineData("-- sluice: allow I01 because nobody writes at night until 2026-11-20\nCREATE INDEX i ON orders (seen)", false)]
    [InlineData("-- sluice: allow I01\nCREATE INDEX i ON orders (seen)", false)]
    [InlineData("-- sluice: allow I01 because of the first only\nSELECT 1;\nCREATE INDEX i ON orders (seen)", false)]
    [InlineData("-- sluice: allow I01 because of all\n\nSELECT 1;\nCREATE INDEX i ON orders (seen)", true)]
    [InlineData("SELECT '-- sluice: allow I01 because of a string'; CREATE INDEX i ON orders (seen)", false)]
    public void A_comment_allows_what_it_names_until_it_ends(string sql, bool allowed) =>
        Assert.Equal(allowed, Find(sql).All(f => f.Rule.Id is not "I01"));

    [Theory]
    [InlineData("SELECT 1;\nDROP TABLE orders;\n-- sluice: allow D01 because it stands behind everything")]
    [InlineData("DROP TABLE orders;\n/* sluice: allow D01 because it stands behind everything */\n\n")]
    public void A_comment_behind_the_last_statement_allows_nothing_and_is_said_to_be_unused(string sql)
    {
        var found = Find(sql);
        Assert.Contains(found, f => f.Rule.Id is "D01");
        Assert.Contains(found, f => f.Message.Contains("allow D01", StringComparison.Ordinal) && f.Rule.Id[0] is 'S');
    }

    [Theory]
    [InlineData("UPDATE orders SET code = 'x' WHERE state <> 'void'", "T06")]
    [InlineData("UPDATE orders SET code = 'x' WHERE state != 'a < b'", "T06")]
    [InlineData("DELETE FROM orders WHERE tags <@ ARRAY[1]", "T06")]
    [InlineData("DELETE FROM orders WHERE place <-> '(0,0)' = 1 RETURNING id < 5", "T06")]
    [InlineData("UPDATE orders SET code = 'x' WHERE total < 5", "")]
    [InlineData("UPDATE orders SET code = 'x' WHERE total<=-5", "")]
    public void Only_a_comparison_is_a_range(string sql, string rule) =>
        Assert.Equal(rule, string.Concat(Find(sql).Where(f => f.Level > Level.Advice).Select(f => f.Rule.Id)));

    [Theory]
    [InlineData("WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone", "D05 orders")]
    [InlineData("WITH a AS (DELETE FROM orders RETURNING *), b AS (DELETE FROM customers RETURNING *) SELECT 1", "D05 orders, D05 customers")]
    [InlineData("WITH a AS (WITH b AS (SELECT 1) DELETE FROM orders RETURNING *) SELECT * FROM a", "D05 orders")]
    [InlineData("WITH a AS (UPDATE orders SET code = 'x' WHERE seen IS NULL RETURNING *) UPDATE customers SET note = 'y' WHERE id = 1", "T06 orders")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM orders", "D05 orders")]
    [InlineData("EXPLAIN (COSTS off, ANALYZE) DELETE FROM orders", "D05 orders")]
    [InlineData("EXPLAIN DELETE FROM orders", "")]
    [InlineData("EXPLAIN (ANALYZE false) DELETE FROM orders", "")]
    [InlineData("EXPLAIN ANALYZE EXPLAIN ANALYZE DELETE FROM orders", "H14 ")]
    [InlineData("PREPARE p (int, numeric(10, 2)) AS DELETE FROM orders", "D05 orders")]
    [InlineData("DROP OWNED BY app", "D01 ")]
    [InlineData("MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN DELETE", "H14 orders")]
    [InlineData("MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN UPDATE SET code = 'x'", "")]
    [InlineData("TRUNCATE parted", "D03 parted")]
    [InlineData("TRUNCATE events", "D03 events")]
    [InlineData("DO E'BEGIN EXECUT\\x45 $a$DROP TABLE orders$a$; END'", "H14 ")]
    public void What_a_statement_carries_inside_is_judged(string sql, string found)
    {
        var schema = Examples.Schema + "CREATE TABLE parted (id int) PARTITION BY RANGE (id);";
        var report = Linter.Run(new LintInput([new SourceText("1_x.up.sql", sql)], [schema], Today));
        Assert.Equal(found, string.Join(", ", report.Findings.Where(f => f.Rule.Id is "D01" or "D03" or "D05" or "T06" or "H14").Select(f => $"{f.Rule.Id} {Named(f)}")));

        static string Named(Finding finding) => new[] { "orders", "customers", "parted", "events" }.FirstOrDefault(t => finding.Message.Contains($"{t} ", StringComparison.Ordinal) || finding.Message.Contains($"{t}.", StringComparison.Ordinal)) ?? "";
    }

    [Fact]
    public void A_write_inside_of_WITH_locks_its_table() =>
        Assert.Equal("RowExclusive on orders, while every row is read", Find("WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone").Single(f => f.Rule.Id is "D05").Effect);

    [Theory]
    [InlineData("CREATE TEMP TABLE orders (id int); DROP TABLE public.orders;", true)]
    [InlineData("CREATE TEMP TABLE orders (id int); DROP TABLE orders; DROP TABLE orders;", true)]
    [InlineData("CREATE TABLE \"app.orders\" (id int); DROP TABLE app.orders;", true)]
    [InlineData("CREATE TABLE IF NOT EXISTS t (id int); DROP TABLE t;", true)]
    [InlineData("SET search_path = x; CREATE TABLE orders (id int); SET search_path = public; DROP TABLE orders;", true)]
    [InlineData("CREATE TABLE fresh (id int); SET search_path = x; DROP TABLE fresh;", true)]
    [InlineData("CREATE TABLE fresh (id int); SELECT set_config('search_path', 'x', false); DROP TABLE fresh;", true)]
    [InlineData("CREATE TABLE fresh (id int); SELECT pg_catalog.set_config('search_path', name, true) FROM settings; DROP TABLE fresh;", true)]
    [InlineData("CREATE TABLE fresh (id int); SELECT set_config('search_path', 'public', true); DROP TABLE fresh;", false)]
    [InlineData("CREATE TABLE fresh (id int); SELECT set_config('work_mem', '8MB', true); DROP TABLE fresh;", false)]
    [InlineData("CREATE TEMP TABLE orders (id int); DROP TABLE orders;", false)]
    [InlineData("CREATE TEMP TABLE scratch (id int); DROP TABLE pg_temp.scratch;", false)]
    [InlineData("CREATE TABLE \"app.orders\" (id int); DROP TABLE \"app.orders\";", false)]
    [InlineData("SET search_path = x; CREATE TABLE app.fresh (id int); DROP TABLE app.fresh;", false)]
    [InlineData("SET search_path = public; CREATE TABLE fresh (id int); DROP TABLE fresh;", false)]
    public void A_new_table_is_none_that_others_may_have(string sql, bool found) => Assert.Equal(found, Find(sql).Any(f => f.Rule.Id is "D01"));

    [Fact]
    public void A_temporary_table_and_a_search_path_end_with_their_script()
    {
        var found = Run([("1_a.up.sql", "CREATE TEMP TABLE orders (id int); SET search_path = x"), ("2_b.up.sql", "DROP TABLE orders"), ("3_c.up.sql", "CREATE TABLE fresh (id int); DROP TABLE fresh")], together: true).Findings;
        Assert.Equal(["2_b.up.sql"], found.Where(f => f.Rule.Id is "D01").Select(f => f.Source.Path));
    }

    [Fact]
    public void The_safe_form_names_a_table_with_a_dot_in_its_name() =>
        Assert.StartsWith("DELETE FROM \"app.orders\" WHERE", Find("TRUNCATE \"app.orders\"").Single(f => f.Rule.Id is "D03").Safe, StringComparison.Ordinal);

    [Fact]
    public void A_policy_blocks_warns_and_switches_off_by_id_and_by_family()
    {
        const string Script = "CREATE INDEX i ON orders (seen); DROP TABLE orders";
        Assert.True(Judged(LintPolicy.Default).Blocks);
        Assert.Equal(["D01"], Judged(new LintPolicy(["D"], [], [])).Findings.Where(f => f.Blocks).Select(f => f.Rule.Id));
        Assert.DoesNotContain(Judged(new LintPolicy([], [], ["I"])).Findings, f => f.Rule.Id[0] is 'I');
        Assert.False(Judged(new LintPolicy([], ["D01", "I01"], [])).Blocks);
        Assert.Equal(["I01"], Judged(new LintPolicy(["I01"], [], ["I", "D"])).Findings.Where(f => f.Rule.Id[0] is 'I' or 'D').Select(f => f.Rule.Id));

        static LintReport Judged(LintPolicy policy) => Linter.Run(new LintInput([new SourceText("a.sql", Script)], [Examples.Schema], Today) { Policy = policy });
    }

    [Fact]
    public void Hostile_scripts_are_judged_in_time()
    {
        const int Many = 5_000;
        var started = Stopwatch.GetTimestamp();
        foreach (var script in new[]
        {
            string.Concat(Enumerable.Range(0, Many).Select(i => $"CREATE TABLE t{i} (id int REFERENCES orders (id));\nALTER DOMAIN amount ADD CHECK (true);\n")),
            string.Concat(Enumerable.Range(0, Many).Select(i => $"ALTER TABLE orders DROP c{i}, ADD d{i} int;\n")),
            string.Concat(Enumerable.Range(0, Many).Select(i => $"-- sluice: allow I01 because {i}\nCREATE INDEX i{i} ON orders (c{i});\n")),
            $"BEGIN; INSERT INTO orders VALUES ('{new string('x', 10_000_000)}'); COMMIT;",
            "CREATE DOMAIN d AS d; ALTER TABLE orders ALTER code TYPE d, ALTER seen TYPE d[];",
            $"-- sluice: allow {new string(' ', 1_000_000)}\nSELECT 1",
            string.Concat(Enumerable.Repeat("-- sluice: allow I01 because of it\n", 10 * Many)) + "SELECT 1",
            "SELECT 1; " + string.Concat(Enumerable.Repeat("/* sluice: allow I01 because of it */ ", 10 * Many)),
        })
        {
            Find(script);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static ImmutableArray<Finding> Find(string sql, LintFacts? facts = null) =>
        Linter.Run(new LintInput([new SourceText("1_x.up.sql", sql)], [Examples.Schema], Today) { Facts = facts ?? LintFacts.None }).Findings;

    private static LintReport Run(params (string Path, string Sql)[] scripts) => Run(scripts, false);

    private static LintReport Run((string Path, string Sql)[] scripts, bool together) =>
        Linter.Run(new LintInput([.. scripts.Select(s => new SourceText(s.Path, s.Sql))], [Examples.Schema], Today) { Together = together });
}
