using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class ExecuteTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_runs_whole_and_leaves_no_history()
    {
        await using var bench = await Workbench.OpenAsync();

        await Execute.RunAsync(bench.Settings, "CREATE TABLE a (id int); INSERT INTO a VALUES (1);", "seed.sql", Stop);

        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM a"));
        Assert.False(await bench.HasTableAsync("_prisma_migrations"));
    }

    [Fact]
    public async Task A_script_that_fails_leaves_nothing_and_points_at_its_line()
    {
        await using var bench = await Workbench.OpenAsync();

        var problem = await Workbench.FailAsync(() => Execute.RunAsync(bench.Settings, "CREATE TABLE a ();\n\nSELECT 'é𝄞', nosuch;\n", "x.sql", Stop));

        Assert.Equal("SL5004", problem.Code);
        Assert.Equal(("x.sql", 2, 3, (int?)15), (problem.Statement!.File, problem.Statement.Ordinal, problem.Statement.Line, problem.Statement.Column));
        Assert.Equal("SELECT 'é𝄞', nosuch;", problem.Statement.SourceLine);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task What_the_server_notes_is_passed_on()
    {
        await using var bench = await Workbench.OpenAsync();
        var notices = new Notices();

        await Execute.RunAsync(bench.Settings with { Progress = notices }, "DO $$ BEGIN RAISE NOTICE 'hello'; END $$", null, Stop);

        Assert.Equal(["hello"], notices.Messages);
    }

    [Fact]
    public async Task A_BEGIN_after_other_statements_takes_them_in_and_earns_no_warning()
    {
        await using var bench = await Workbench.OpenAsync();
        var notices = new Notices();
        bench.Settings = bench.Settings with { Progress = notices };

        await Workbench.FailAsync(() => Execute.RunAsync(bench.Settings, "CREATE TABLE a (); BEGIN; CREATE TABLE b (); SELECT 1/0; COMMIT;", null, Stop));
        await Execute.RunAsync(bench.Settings, "CREATE TABLE c (); BEGIN; CREATE TABLE d (); ROLLBACK; CREATE TABLE e ();", null, Stop);

        Assert.Equal("e", await bench.ScalarAsync<string>("SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
        Assert.Empty(notices.Messages);
    }

    private sealed class Notices : IProgress<RunEvent>
    {
        public List<string> Messages { get; } = [];

        public void Report(RunEvent value)
        {
            if (value is RunEvent.Notice notice)
            {
                Messages.Add(notice.Message);
            }
        }
    }
}
