using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Connecting;
using Xunit;

namespace Sluice.Postgres.Tests.Backfilling;

public sealed class FragmentTests
{
    [Theory]
    [InlineData("x = 1); DROP TABLE t; --", "closes a parenthesis")]
    [InlineData("x = 1; DROP TABLE t", "semicolon")]
    [InlineData("x = (SELECT 1; SELECT 2)", "semicolon")]
    [InlineData("x = (1", "does not end")]
    [InlineData("x = 'a", "does not end")]
    [InlineData("x = 'a''", "does not end")]
    [InlineData("x = E'a\\'", "does not end")]
    [InlineData("x = $q$ a", "does not end")]
    [InlineData("x = \"a", "does not end")]
    [InlineData("x = 1 /* /* */", "does not end")]
    [InlineData("x = $1", "parameter")]
    [InlineData("x = a || $2::text", "parameter")]
    [InlineData("x", "column = expression")]
    [InlineData("x =", "column = expression")]
    [InlineData("t.x = 1", "column = expression")]
    [InlineData("(x, y) = (1, 2)", "column = expression")]
    [InlineData("x = 1,", "column = expression")]
    [InlineData("x = 1, \"x\" = 2", "set twice")]
    [InlineData("", "empty")]
    [InlineData("-- nothing", "empty")]
    public void What_is_not_one_expression_is_refused(string set, string why)
    {
        var problem = Assert.Throws<ProblemException>(() => Fragments.Assignments(set)).Problem;

        Assert.Equal("SL5080", problem.Code);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x = 1", "x: 1")]
    [InlineData("X = f(a, b), \"Y y\" = ARRAY[1, 2]", "x: f(a, b)|Y y: ARRAY[1, 2]")]
    [InlineData("x = ';)' || $$ ; ) $$ -- ; )", "x: ';)' || $$ ; ) $$")]
    [InlineData("x = a /* , y = 2 */ + 1, \"q\"\"q\" = 'it''s'", "x: a /* , y = 2 */ + 1|q\"q: 'it''s'")]
    public void Assignments_are_cut_where_the_server_would(string set, string expected) =>
        Assert.Equal(expected, string.Join('|', Fragments.Assignments(set).Select(a => $"{a.Column}: {a.Expression}")));

    [Theory]
    [InlineData("true) OR (true")]
    [InlineData("a > 1; DELETE FROM t")]
    [InlineData("a = 'x")]
    public void A_condition_that_is_more_than_one_is_refused(string where) =>
        Assert.Throws<ProblemException>(() => Fragments.RequireCondition(where));

    [Fact]
    public void White_space_and_comments_make_no_other_definition()
    {
        Assert.Equal(Fragments.Canonical("x=lower( a )"), Fragments.Canonical("x =\n lower(a) -- why"));
        Assert.NotEqual(Fragments.Canonical("x = 'a b'"), Fragments.Canonical("x = 'a  b'"));
    }
}
