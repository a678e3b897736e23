using Sluice.Lint.Predicting;
using Xunit;

namespace Sluice.Tests.Lint;

public sealed class TouchedTablesTests
{
    [Theory]
    [InlineData("ALTER TABLE a ADD COLUMN b int; DROP TABLE \"C d\"; ALTER TABLE s.t DROP COLUMN x", "C d, a, s.t")]
    [InlineData("UPDATE a SET n = 1; DELETE FROM ONLY b; INSERT INTO c VALUES (1); TRUNCATE d, e", "a, b, c, d, e")]
    [InlineData("INSERT INTO a SELECT n FROM b", "a")]
    [InlineData("CREATE TABLE a (id int); CREATE INDEX ON b (n); COMMENT ON TABLE c IS 'x'; GRANT SELECT ON d TO e", "")]
    [InlineData("CREATE TYPE t AS ENUM ('a'); ALTER TYPE t ADD VALUE 'b'; DROP TYPE u; CREATE VIEW v AS SELECT * FROM a; BEGIN; COMMIT", "")]
    [InlineData("", "")]
    public void Tables_whose_rows_or_columns_change_are_listed(string script, string expected)
    {
        var touched = TouchedTables.Of([script], "");
        Assert.Null(touched.Unclear);
        Assert.Equal(expected, string.Join(", ", touched.Tables.Items));
    }

    [Theory]
    [InlineData("DO $$ BEGIN END $$")]
    [InlineData("SELECT f()")]
    [InlineData("WITH gone AS (DELETE FROM a RETURNING n) TABLE gone")]
    [InlineData("CALL p()")]
    [InlineData("MERGE INTO a USING b ON a.n = b.n WHEN MATCHED THEN DELETE")]
    [InlineData("DROP TYPE t CASCADE")]
    [InlineData("DROP EXTENSION e CASCADE")]
    [InlineData("ALTER TYPE t DROP ATTRIBUTE x")]
    [InlineData("CREATE TABLE a AS SELECT f()")]
    [InlineData("ALTER DATABASE d SET x = 1")]
    public void A_statement_whose_text_does_not_tell_is_named(string statement) =>
        Assert.Equal(statement, TouchedTables.Of(["CREATE TABLE t ();", statement], "").Unclear);

    [Fact]
    public void New_triggers_and_changed_rows_together_tell_nothing()
    {
        const string Trigger = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();";
        Assert.Null(TouchedTables.Of([Trigger], "").Unclear);
        Assert.NotNull(TouchedTables.Of([Trigger, "INSERT INTO a VALUES (1)"], "").Unclear);
    }

    [Fact]
    public void What_a_statement_calls_is_listed_so_that_functions_can_be_told_from_it() =>
        Assert.Superset(new HashSet<string> { "wipe" }, TouchedTables.Of(["INSERT INTO a VALUES (public.WIPE(), now())"], "").Called.Items.ToHashSet());
}
