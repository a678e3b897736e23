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

    public static TheoryData<string> Ids => [.. RuleBook.All.Where(r => r.Id is not "H12").Select(r => r.Id)];

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
    public void There_are_86_rules_and_three_about_comments_that_allow_something()
    {
        // The reference counts R04a too: what R04 must not find (What_does_no_harm_is_passed_over).
        Assert.Equal(86, RuleBook.All.Count(r => r.Id[0] is not 'S'));
        Assert.Equal(3, RuleBook.All.Count(r => r.Id[0] is 'S'));
        Assert.Equal(RuleBook.All.Length, RuleBook.All.Select(r => r.Id).Distinct().Count());
    }

    [Fact]
    public void Two_migrations_with_one_version_are_found_and_two_with_their_own_are_not()
    {
        Assert.Contains(Run(("m/7_a.up.sql", "SELECT 1"), ("m/007_b.up.sql", "SELECT 1")).Findings, f => f.Rule.Id is "H12");
        Assert.DoesNotContain(Run(("m/7_a.up.sql", "SELECT 1"), ("m/8_b.up.sql", "SELECT 1")).Findings, f => f.Rule.Id is "H12");
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

    [Fact]
    public void The_runners_own_timeouts_are_known() => Assert.DoesNotContain(Find("ALTER TABLE orders ADD COLUMN weight int"), f => f.Rule.Id is "T01" or "T02");

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
