using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>Where a script must be committed and its text alone does not say so.</summary>
public sealed class RecutTests
{
    private const string Parts = "CREATE TABLE t (id int) PARTITION BY RANGE (id);\nCREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);\nCREATE INDEX t_id ON t (id);";
    private const string Mood = "CREATE TYPE mood AS ENUM ('calm');";
    private const string Added = "CREATE TABLE before ();\nDO $$ BEGIN EXECUTE 'ALTER TYPE mood ADD VALUE ''wi' || 'ld'''; END $$;\nCREATE TABLE m (m mood DEFAULT 'wild');\nINSERT INTO m DEFAULT VALUES;";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Parts, "CREATE TABLE before ();\nREINDEX TABLE t;\nCREATE TABLE after ();", "statement 2 of 3 (line 2)", "1,2,2,3")]
    [InlineData(Parts, "REINDEX INDEX t_id;", "statement 1 of 1 (line 1)", "1,1")]
    [InlineData(Mood, Added, "statement 3 of 4 (line 3)", "1,2,3,4")]
    public async Task What_the_server_refuses_in_the_transaction_is_committed_where_it_wants_it(string first, string second, string where, string journalled)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_first", first);
        bench.Write("2_second", second);
        var events = new Recorder();
        bench.Settings = bench.Settings with { Progress = events };

        Assert.Equal(["1_first", "2_second"], (await bench.DeployAsync()).Applied);

        Assert.Equal(where, Assert.Single(events.Seen.OfType<RunEvent.CutAgain>()).Statement);
        Assert.Equal(journalled, await bench.ScalarAsync<string>("SELECT string_agg(ordinal::text, ',' ORDER BY id) FROM sluice.statements WHERE migration = '2_second' AND ordinal > 0"));
        Assert.Equal(2, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL AND applied_steps_count = 1 AND logs IS NULL"));
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        Assert.Empty((await JournalAudit.ReadAsync(connection, [], Stop))!.Findings);
        Assert.Empty((await bench.DeployAsync()).Applied);
    }

    [Theory]
    [InlineData("SELECT 1/0;", "Statements 1 to 2 had been committed and stayed")]
    [InlineData("VACUUM;\nSELECT 1/0;", "Statements 1 to 5 had been committed and stayed")]
    public async Task A_rest_that_fails_after_the_new_cut_is_continued_where_it_stopped(string end, string state)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_first", Mood);
        bench.Write("2_second", $"{Added}\n{end}");

        Assert.StartsWith(state, (await bench.DeployFailsAsync()).Statement!.State, StringComparison.Ordinal);

        bench.Write("2_second", $"{Added}\nCREATE TABLE last ();");
        if (end.StartsWith("VACUUM", StringComparison.Ordinal))
        {
            bench.Write("2_second", $"{Added}\nVACUUM;\nCREATE TABLE last ();");
        }

        Assert.Equal(["2_second"], (await bench.DeployAsync()).Applied);
        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM m"));
        Assert.True(await bench.HasTableAsync("last"));
    }

    [Fact]
    public async Task A_statement_that_was_sent_alone_by_a_run_that_was_killed_is_sent_alone_again()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_first", Parts);
        bench.Write("2_second", "CREATE TABLE before ();\nREINDEX TABLE t;\nCREATE TABLE after ();");
        await bench.DeployAsync();
        // As a kill within the statement leaves it.
        await bench.ExecuteAsync("""
            DROP TABLE after;
            UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '2_second';
            ALTER TABLE sluice.statements DISABLE TRIGGER ALL;
            DELETE FROM sluice.statements WHERE migration = '2_second' AND (ordinal = 3 OR ordinal = 2 AND outcome = 'done');
            """);

        Assert.Equal(["2_second"], (await bench.DeployAsync()).Applied);
        Assert.True(await bench.HasTableAsync("after"));
    }

    [Fact]
    public async Task Behind_a_pooler_it_is_cut_too()
    {
        await using var pooler = TransactionPooler.Start();
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Host = "127.0.0.1", Port = pooler.Port, OtherParameters = [("pgbouncer", "true")] } };
        bench.Write("1_first", Mood + Parts);
        bench.Write("2_second", Added + "\nREINDEX TABLE t;");

        Assert.Equal(["1_first", "2_second"], (await bench.DeployAsync()).Applied);
    }

    [Theory]
    [InlineData(Parts, "BEGIN;\nREINDEX TABLE t;\nCOMMIT;", "25001", "leave its BEGIN and COMMIT out")]
    [InlineData(Parts, "SET LOCAL work_mem = '8MB';\nREINDEX TABLE t;", "25001", "hold for their transaction only")]
    [InlineData(Parts, "DO $$ BEGIN EXECUTE 'VACUUM'; END $$;", "25001", "Take that command out of the block")]
    [InlineData(Mood, "DO $$ BEGIN ALTER TYPE mood ADD VALUE 'wild'; PERFORM 'wild'::mood; END $$;", "55P04", "in a statement of its own")]
    [InlineData("CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;", "CALL p();\nSELECT 1;", "2D000", "as its only statement")]
    public async Task What_no_cut_helps_is_refused_with_the_way_to_write_it_and_leaves_nothing(string first, string second, string state, string advice)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_first", first);
        await bench.DeployAsync();
        bench.Write("2_second", "CREATE TABLE before ();\n" + second);

        var problem = await bench.DeployFailsAsync();

        Assert.Equal(state, problem.Statement!.Error.SqlState);
        Assert.Contains(advice, problem.Remedies[0], StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("before"));
    }

    private sealed class Recorder : IProgress<RunEvent>
    {
        public List<RunEvent> Seen { get; } = [];

        public void Report(RunEvent value) => Seen.Add(value);
    }
}
