using Npgsql;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Preflight;

public sealed class PostVerifyTests
{
    private const string Tables =
        "CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 10); CREATE TABLE b (n int); INSERT INTO b VALUES (1); CREATE TABLE quiet (n int); INSERT INTO quiet VALUES (1)";

    [Fact]
    public async Task The_rows_of_each_table_that_a_run_touches_are_compared_with_those_before()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE _prisma_migrations_of_another (); " + Tables);
        await BaselineAsync(bench);
        bench.Write("20250102000000_more", "DELETE FROM a WHERE n > 2; DROP TABLE b; CREATE TABLE c (); INSERT INTO c DEFAULT VALUES");

        var report = await DeployAsync(bench);

        Assert.Equal(
            [("public.a", "10 → 2 (-8)", Verdict.Warning), ("public.b", "1 → dropped", Verdict.Warning), ("public.c", "new, 1", Verdict.Ok)],
            Rows(report));
    }

    [Theory]
    [InlineData("DO $$ BEGIN DELETE FROM a WHERE n = 1; END $$")]
    [InlineData("SELECT wipe()")]
    [InlineData("INSERT INTO b VALUES (wipe())")]
    [InlineData("INSERT INTO triggering VALUES (1)")]
    [InlineData("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM a WHERE n = 1; RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO b VALUES (2)")]
    public async Task Where_the_text_does_not_tell_what_is_touched_every_table_is_compared(string script)
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync(
            Tables + """
            ;
            CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM a WHERE n = 1; SELECT 1';
            CREATE TABLE triggering (n int);
            CREATE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM wipe(); RETURN NEW; END $$;
            CREATE TRIGGER t BEFORE INSERT ON triggering FOR EACH ROW EXECUTE FUNCTION on_insert();
            """);
        await BaselineAsync(bench);
        bench.Write("20250102000000_more", script);

        var report = await DeployAsync(bench);

        Assert.Contains(("public.a", "10 → 9 (-1)", Verdict.Ok), Rows(report));
        Assert.Contains(("public.quiet", "1 → 1 (unchanged)", Verdict.Ok), Rows(report));
    }

    [Fact]
    public async Task Rows_that_go_with_their_parents_are_compared_too()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync(
            """
            CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p ON DELETE CASCADE); CREATE TABLE other (p int REFERENCES p);
            INSERT INTO p VALUES (1), (2), (3); INSERT INTO c VALUES (1);
            """);
        await BaselineAsync(bench);
        bench.Write("20250102000000_more", "DELETE FROM p WHERE id = 1");
        Assert.Equal([("public.c", "1 → 0 (-1)", Verdict.Warning), ("public.p", "3 → 2 (-1)", Verdict.Ok)], Rows(await DeployAsync(bench)));
    }

    [Fact]
    public async Task An_index_that_the_run_left_invalid_is_critical_and_an_older_one_a_warning()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY older ON t (a)"));
        await BaselineAsync(bench);
        bench.Write("20250102000000_more", "ALTER TABLE t ADD COLUMN b int, ADD CONSTRAINT positive CHECK (a > 1) NOT VALID");
        var report = await DeployAsync(bench);
        Assert.Equal((Verdict.Warning, "public.older"), Found(report, "invalid indexes"));
        Assert.Equal((Verdict.Warning, "not validated: positive of public.t"), Found(report, "constraints"));

        // A catalog update stands in for a build that fails, which would fail the run with it.
        bench.Write("20250103000000_left", "CREATE INDEX newer ON t (b); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'newer'::regclass");
        Assert.Equal((Verdict.Critical, "public.newer"), Found(await DeployAsync(bench), "invalid indexes"));
    }

    private static (Verdict, string) Found(CheckReport report, string name)
    {
        var check = report.Checks.Single(c => c.Name == name);
        return (check.Verdict, check.Value);
    }

    private static IEnumerable<(string, string, Verdict)> Rows(CheckReport report) =>
        report.Checks.Where(c => c.Name.StartsWith("rows of ", StringComparison.Ordinal)).Select(c => (c.Name["rows of ".Length..], c.Value, c.Verdict));

    private static async Task BaselineAsync(Workbench bench)
    {
        bench.Write("20250101000000_base", "SELECT 1");
        await Resolve.AppliedAsync(bench.Settings, "20250101000000_base", TestContext.Current.CancellationToken);
    }

    private static async Task<CheckReport> DeployAsync(Workbench bench)
    {
        StateBefore? before = null;
        CheckReport? report = null;
        bench.Settings = bench.Settings with
        {
            Before = async (ahead, stop) =>
            {
                before = await PostVerify.BeginAsync(ahead, stop);
                return null;
            },
            After = async (ahead, stop) => report = await PostVerify.ReadAsync(ahead, before!, stop),
        };
        await bench.DeployAsync();
        return report!;
    }
}
