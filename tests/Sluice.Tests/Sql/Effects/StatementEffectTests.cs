using System.Text.Json;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Plan;
using Sluice.Sql.Effects;
using Sluice.Sql.Lexing;
using Sluice.Syntax;
using Xunit;
using Index = Sluice.Catalog.Index;

namespace Sluice.Tests.Sql.Effects;

public sealed class StatementEffectTests(ITestOutputHelper output)
{
    // What no text and no catalog of ours shows: partitions of a table, what a view reads, a domain's base type.
    private static readonly HashSet<string> OutOfSight = new(StringComparer.Ordinal)
    {
        "create index on pt(id)",
        "refresh materialized view mv",
        "refresh materialized view concurrently mv",
        "alter table p alter column d type int",
    };

    // The tables that the statements were measured on.
    private static readonly Database Measured = Database.Empty with
    {
        Tables =
        [
            new Table(
                new("public", "p"),
                [
                    Native("id", NativeKind.Integer, required: true), Native("x", NativeKind.Integer), Native("y", NativeKind.Integer, required: true),
                    Native("tx", NativeKind.Text), Native("v", NativeKind.VarChar, first: 20), Native("vv", NativeKind.VarChar),
                    Native("i", NativeKind.Integer), new("n", new ColumnType.Native(new NativeType(NativeKind.Decimal, 10, 2)), FieldArity.Optional, null, false),
                    Native("ts", NativeKind.Timestamp), Native("tz", NativeKind.Timestamptz), Native("j", NativeKind.Json), Native("c", NativeKind.Char, first: 5),
                    Native("u", NativeKind.Uuid),
                    new("m", new ColumnType.Enum(new("public", "mood")), FieldArity.Optional, null, false),
                    new("d", new ColumnType.Unsupported("dom"), FieldArity.Optional, null, false),
                ],
                new PrimaryKey("p_pkey", [new IndexColumn("id", false, null)]),
                [
                    new Index("p_y", false, IndexType.BTree, [new IndexColumn("y", false, null)], false, null),
                    new Index("p_i", true, IndexType.BTree, [new IndexColumn("i", false, null)], false, null),
                ],
                []),
            new Table(
                new("public", "ch"),
                [Native("id", NativeKind.Integer, required: true), Native("q", NativeKind.Integer)],
                new PrimaryKey("ch_pkey", [new IndexColumn("id", false, null)]),
                [],
                [new ForeignKey("fk_nv", ["q"], new("public", "p"), ["id"], ReferentialAction.NoAction, ReferentialAction.NoAction)]),
        ],
    };

    [Fact]
    public void The_measured_statements_are_told_right()
    {
        var path = Support.Repository.FindAbove(Path.Combine("shared", "reference", "locks-pg15.json"));
        Assert.SkipWhen(path is null, "The measurements are not here (shared/reference/locks-pg15.json).");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path!));
        var (agree, total) = (0, 0);
        var wrong = new List<string>();
        foreach (var entry in json.RootElement.EnumerateArray().Where(e => e.GetProperty("err").GetString() is ""))
        {
            var text = entry.GetProperty("stmt").GetString()!;
            var (expected, told) = (Expected(entry), Told(text));
            total++;
            agree += expected == told ? 1 : 0;
            if (expected != told && !OutOfSight.Contains(text))
            {
                wrong.Add($"{text}\n    measured {expected}\n    told     {told}");
            }
        }

        output.WriteLine($"{agree} of {total} measured statements agree in locks, rewrites and scans");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("ALTER TABLE \"Us\"\"er\" ADD COLUMN x uuid DEFAULT gen_random_uuid()", "Us\"er AccessExclusive rewrite")]
    [InlineData("ALTER TABLE app.t ADD x text DEFAULT 'random()'", "app.t AccessExclusive")]
    [InlineData("ALTER TABLE t ADD x varchar(3) DEFAULT 'a'::varchar(3)", "t AccessExclusive")]
    [InlineData("ALTER TABLE t ALTER c TYPE int", "t AccessExclusive rewrite")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "t ShareUpdateExclusive scan")]
    [InlineData("CREATE TABLE a (b int REFERENCES a (c), d int REFERENCES \"B\")", "B ShareRowExclusive")]
    [InlineData("INSERT INTO t SELECT * FROM s JOIN r ON true", "r AccessShare, s AccessShare, t RowExclusive")]
    [InlineData("VACUUM (FULL) t", "t AccessExclusive rewrite")]
    [InlineData("-- DROP TABLE t\nSELECT 'DROP TABLE t'", "")]
    [InlineData("((((((((((", "")]
    [InlineData("ALTER TABLE", "")]
    [InlineData("DROP TABLE IF EXISTS", "")]
    [InlineData("CREATE INDEX", "")]
    [InlineData("ALTER", "")]
    public void A_statement_is_told_from_its_text(string sql, string expected)
    {
        var effect = StatementEffects.Of(sql);
        Assert.Equal(expected, string.Join(", ", effect.Locks.Items.Select(l =>
            $"{l.Table} {l.Level}{(effect.Rewrites.Items.Contains(l.Table) ? " rewrite" : effect.Scans.Items.Contains(l.Table) ? " scan" : "")}")));
    }

    [Fact]
    public void Code_that_runs_is_said_to_be_unknown_and_time_follows_the_size()
    {
        Assert.NotNull(StatementEffects.Of("DO $$ BEGIN DROP TABLE t; END $$").Note);
        Assert.Equal(TimeSpan.Zero, StatementEffects.Of("ALTER TABLE t ADD x int").Estimate(_ => 1 << 30));
        var scan = StatementEffects.Of("ALTER TABLE t ADD CHECK (x > 0)").Estimate(_ => 1 << 30);
        var rewrite = StatementEffects.Of("ALTER TABLE t SET UNLOGGED").Estimate(_ => 1 << 30);
        Assert.InRange(scan, TimeSpan.FromSeconds(1), rewrite);
    }

    [Fact]
    public void A_table_that_is_new_disturbs_nobody()
    {
        var made = StatementEffects.Of("CREATE TABLE IF NOT EXISTS \"T\" (id int)").Creates;
        Assert.Equal("T", made);
        Assert.Empty(StatementEffects.Of("CREATE INDEX i ON \"T\" (id)").Without(new HashSet<string> { made! }).Locks.Items);
    }

    [Fact]
    public void Deep_and_long_statements_are_read_in_time()
    {
        var deep = $"ALTER TABLE t ADD CHECK {new string('(', 100_000)}";
        var wide = $"TRUNCATE {string.Join(", ", Enumerable.Range(0, 50_000).Select(i => $"t{i}"))}";
        Assert.Single(StatementEffects.Of(deep).Locks.Items);
        Assert.Equal(50_000, StatementEffects.Of(wide).Locks.Count);
    }

    private static string Expected(JsonElement entry) => Show(
        entry.GetProperty("locks").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!.Split(',').Select(Level).Max())),
        entry.GetProperty("rewrite").EnumerateArray().Select(r => r.GetString()!),
        entry.GetProperty("scan").EnumerateObject().Select(s => s.Name));

    private static string Told(string text)
    {
        var effects = StatementSplitter.Split(text).Select(s => StatementEffects.Of(s.Text(text), Measured)).ToList();
        return Show(
            effects.SelectMany(e => e.Locks.Items).GroupBy(l => l.Table).Select(g => (g.Key, g.Max(l => l.Level))),
            effects.SelectMany(e => e.Rewrites.Items).Distinct(),
            effects.SelectMany(e => e.Scans.Items).Distinct());
    }

    private static string Show(IEnumerable<(string Table, LockLevel Level)> locks, IEnumerable<string> rewrites, IEnumerable<string> scans) =>
        $"{string.Join(", ", locks.OrderBy(l => l.Table, StringComparer.Ordinal).Select(l => $"{l.Table} {l.Level}"))}; rewrites {string.Join(", ", rewrites.Order(StringComparer.Ordinal))}; scans {string.Join(", ", scans.Order(StringComparer.Ordinal))}";

    private static LockLevel Level(string name) => Enum.Parse<LockLevel>(name.Replace("Lock", "", StringComparison.Ordinal));

    private static Column Native(string name, NativeKind kind, int? first = null, bool required = false) =>
        new(name, new ColumnType.Native(new NativeType(kind, first, null)), required ? FieldArity.Required : FieldArity.Optional, null, false);
}
