using Sluice.Catalog;
using Sluice.Model;
using Sluice.Plan;
using Sluice.Sql.Lexing;
using Sluice.Syntax;
using Xunit;
using static Sluice.Tests.Diff.Tables;

namespace Sluice.Tests.Plan;

public class DataLossTests
{
    private static readonly ObjectName T = new("public", "t");

    [Fact]
    public void Dropping_a_table_is_harmless_only_when_it_is_known_to_be_empty()
    {
        var plan = Migration.Plan(Schema(Table("t", Column("c", NativeKind.Integer))), Schema());

        Assert.Equal("You are about to drop the `t` table. If the table is not empty, all the data it contains will be lost.", Only(plan));
        Assert.Equal("You are about to drop the `t` table, which is not empty (3 rows).", Only(plan, rows: 3));
        Assert.Null(Only(plan, rows: 0));
    }

    [Fact]
    public void Dropping_a_column_asks_for_its_values()
    {
        var plan = Migration.Plan(Schema(Table("t", Column("c", NativeKind.Integer), Column("d", NativeKind.Integer))), Schema(Table("t", Column("d", NativeKind.Integer))));

        Assert.Equal("You are about to drop the column `c` on the `t` table, which still contains 2 non-null values.", Only(plan, rows: 3, values: 2));
        Assert.Null(Only(plan, rows: 3, values: 0));
    }

    [Fact]
    public void A_column_made_required_counts_the_nulls()
    {
        var plan = Migration.Plan(
            Schema(Table("t", Column("c", NativeKind.Integer, arity: FieldArity.Optional))),
            Schema(Table("t", Column("c", NativeKind.Integer))));

        Assert.True(Assert.Single(DataLoss.Checks(plan)).IsUnexecutable);
        Assert.Equal("Made the column `c` on table `t` required, but there are 1 existing NULL values.", Only(plan, rows: 3, values: 2));
        Assert.Null(Only(plan, rows: 3, values: 3));
    }

    [Fact]
    public void A_risky_cast_names_both_types()
    {
        var plan = Migration.Plan(
            Schema(Table("t", Column("c", NativeKind.BigInt))),
            Schema(Table("t", Column("c", NativeKind.Integer) with { Type = new ColumnType.Native(new(NativeKind.Decimal, 5, 2)) })));

        Assert.Equal(
            "You are about to alter the column `c` on the `t` table. The data in that column could be lost. The data in that column will be cast from `BigInt` to `Decimal(5,2)`.",
            Only(plan));
    }

    [Fact]
    public void A_new_required_column_needs_an_empty_table()
    {
        var from = Schema(Table("t"));
        var column = Column("c", NativeKind.Uuid);

        Assert.Equal(
            "Added the required column `c` to the `t` table without a default value. There are 4 rows in this table, it is not possible to execute this step.",
            Only(Migration.Plan(from, Schema(Table("t", column))), rows: 4));
        Assert.Equal(
            "The required column `c` was added to the `t` table with a prisma-level default value. This is not possible if the table is not empty. Please add this column as optional, then populate it before making it required.",
            Only(Migration.Plan(from, Schema(Table("t", column with { HasClientDefault = true })))));
        Assert.Empty(DataLoss.Checks(Migration.Plan(from, Schema(Table("t", column with { Arity = FieldArity.Optional })))));
    }

    [Fact]
    public void Warnings_stand_before_what_cannot_be_executed()
    {
        var plan = Migration.Plan(
            Schema(Table("t", Column("a", NativeKind.Integer)), Table("u", Column("a", NativeKind.Integer))),
            Schema(Table("t", Column("a", NativeKind.Integer), Column("b", NativeKind.Integer))));
        var findings = DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown);

        Assert.Equal([false, true], findings.Select(f => f.IsUnexecutable));
        Assert.StartsWith("/*\n  Warnings:\n\n  - You are about to drop the `u` table.", DataLoss.Header(findings), StringComparison.Ordinal);
        Assert.EndsWith("\n\n*/\n", DataLoss.Header(findings), StringComparison.Ordinal);
        Assert.Equal("", DataLoss.Header([]));
    }

    [Theory]
    [InlineData("a*/b")]
    [InlineData("a/*b")]
    [InlineData("a*/*b")]
    [InlineData("a/*/b")]
    public void The_header_is_one_comment_whatever_the_names_hold(string name)
    {
        var plan = Migration.Plan(Schema(Table("t", Column(name, NativeKind.Integer))), Schema(Table("t")));
        var script = DataLoss.Header(DataLoss.Evaluate(DataLoss.Checks(plan), DataCounts.Unknown)) + "SELECT 1";

        Assert.Equal(["SELECT 1"], StatementSplitter.Split(script).Select(s => s.Text(script)));
    }

    private static string? Only(MigrationPlan plan, long? rows = null, long? values = null)
    {
        var counts = new DataCounts(
            rows is { } r ? new Dictionary<ObjectName, long> { [T] = r } : [],
            values is { } v ? new Dictionary<(ObjectName, string), long> { [(T, "c")] = v } : []);
        return DataLoss.Evaluate(DataLoss.Checks(plan), counts).SingleOrDefault()?.Message;
    }
}
