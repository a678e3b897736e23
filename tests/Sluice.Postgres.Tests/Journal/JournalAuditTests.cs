using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Journal;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Journal;

/// <summary>Three runs are written, and then a superuser falsifies them.</summary>
public sealed class JournalAuditTests
{
    private const string ByForce = "SET session_replication_role = replica;";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_journal_as_it_was_written_has_no_findings()
    {
        await using var bench = await ThreeRunsAsync();
        var report = await AuditAsync(bench);
        Assert.Empty(report.Findings);
        Assert.Empty(report.Unfinished);
        Assert.Equal((3, 3L), (report.Runs, report.Head!.Run));
    }

    [Theory]
    [InlineData("UPDATE sluice.statements SET outcome = 'failed'")]
    [InlineData("DELETE FROM sluice.statements")]
    [InlineData("TRUNCATE sluice.statements")]
    [InlineData("UPDATE sluice.runs SET actor = 'nobody'")]
    [InlineData("UPDATE sluice.runs SET outcome = 'ok'")]
    [InlineData("DELETE FROM sluice.runs")]
    [InlineData("TRUNCATE sluice.runs")]
    public async Task The_database_refuses_to_change_it(string sql)
    {
        await using var bench = await ThreeRunsAsync();
        Assert.Contains("never changed", (await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync(sql))).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_run_gets_its_end_and_nothing_else()
    {
        await using var bench = await ThreeRunsAsync();
        await bench.ExecuteAsync($"{ByForce} UPDATE sluice.runs SET finished = NULL, outcome = NULL, finish_hash = NULL WHERE id = 3");
        await Assert.ThrowsAsync<PostgresException>(() => bench.ExecuteAsync("UPDATE sluice.runs SET actor = 'nobody' WHERE id = 3"));
        Assert.Equal(3, Assert.Single((await AuditAsync(bench)).Unfinished).Run);
    }

    public static TheoryData<string> Columns() =>
        ["run = 3", "history = 'x'", "attempt = 'x'", "migration = 'x'", "ordinal = 9", "total = 9", "hash = 'x'", "outcome = 'failed'", "duration_ms = 987654", "note = 'x'", "written = '2020-01-01Z'", "chain = 'x'"];

    [Theory]
    [MemberData(nameof(Columns))]
    public async Task An_edited_statement_row_is_named(string edit)
    {
        await using var bench = await ThreeRunsAsync();
        var row = await bench.ScalarAsync<long>("SELECT id FROM sluice.statements WHERE run = 1 AND ordinal = 2 AND outcome = 'done'");
        await ForceAsync(bench, $"UPDATE sluice.statements SET {edit} WHERE id = {row}");
        Assert.Contains((await AuditAsync(bench)).Findings, f => f.Row == row);
    }

    [Theory]
    [InlineData("correlation_id = 'x'")]
    [InlineData("command = 'x'")]
    [InlineData("tool_version = 'x'")]
    [InlineData("host = 'x'")]
    [InlineData("actor = 'x'")]
    [InlineData("started = '2020-01-01Z'")]
    [InlineData("finished = '2020-01-01Z'")]
    [InlineData("outcome = 'cancelled'")]
    [InlineData("backup = 'x'")]
    [InlineData("previous_hash = 'x'")]
    [InlineData("start_hash = 'x'")]
    [InlineData("finish_hash = 'x'")]
    [InlineData("finish_hash = NULL")]
    public async Task An_edited_run_is_named(string edit)
    {
        await using var bench = await ThreeRunsAsync();
        await ForceAsync(bench, $"UPDATE sluice.runs SET {edit} WHERE id = 2");
        Assert.Contains((await AuditAsync(bench)).Findings, f => f.Run == 2 && f.Row is null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_deleted_run_is_found_by_the_one_after_it_or_by_the_numbers_given_out(int run)
    {
        await using var bench = await ThreeRunsAsync();
        await ForceAsync(bench, $"DELETE FROM sluice.statements WHERE run = {run}; DELETE FROM sluice.runs WHERE id = {run}");
        var finding = Assert.Single((await AuditAsync(bench)).Findings);
        Assert.Contains(run == 3 ? "gone from the journal's end" : $"(run {run} is not there)", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_row_alone_is_gone_leaves_statements_that_tell()
    {
        await using var bench = await ThreeRunsAsync();
        await ForceAsync(bench, "DELETE FROM sluice.runs WHERE id = 1");
        Assert.Contains((await AuditAsync(bench)).Findings, f => f.Text.StartsWith("run 1: its row is gone", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("middle")]
    [InlineData("last")]
    public async Task A_deleted_statement_row_is_found(string which)
    {
        await using var bench = await ThreeRunsAsync();
        var rows = await RowsAsync(bench);
        var (gone, next) = which switch { "first" => (rows[0], rows[1]), "middle" => (rows[2], rows[3]), _ => (rows[^1], 0) };
        await ForceAsync(bench, $"DELETE FROM sluice.statements WHERE id = {gone}");
        var finding = Assert.Single((await AuditAsync(bench)).Findings);
        Assert.Equal((1, which == "last" ? null : next), (finding.Run, finding.Row));
        Assert.Contains("gone", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_inserted_row_is_named_whether_or_not_its_own_hash_is_right()
    {
        await using var bench = await ThreeRunsAsync();
        var rows = await RowsAsync(bench);

        // Room between the second row and the third.
        await ForceAsync(bench, $"UPDATE sluice.statements SET id = id + 100 WHERE run = 1 AND id > {rows[1]}");
        await ForceAsync(bench, $"INSERT INTO sluice.statements OVERRIDING SYSTEM VALUE SELECT {rows[1]} + 1, run, history, attempt, migration, 7, total, hash, outcome, duration_ms, note, written, 'forged' FROM sluice.statements WHERE id = {rows[1]}");
        var finding = Assert.Single((await AuditAsync(bench)).Findings);
        Assert.Equal((1, rows[1] + 1), (finding.Run, finding.Row));
        Assert.Contains("was inserted", finding.Text, StringComparison.Ordinal);

        var forged = await HashAsync(bench, rows[1], rows[1] + 1);
        await ForceAsync(bench, $"UPDATE sluice.statements SET chain = '{forged}' WHERE id = {rows[1] + 1}");
        finding = Assert.Single((await AuditAsync(bench)).Findings);
        Assert.Equal((1, rows[1] + 1), (finding.Run, finding.Row));
        Assert.Contains("was inserted", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_added_to_a_run_that_has_ended_is_named()
    {
        await using var bench = await ThreeRunsAsync();
        await ForceAsync(bench, "INSERT INTO sluice.statements (run, history, attempt, migration, ordinal, total, hash, outcome, written, chain) VALUES (1, 'h', 'a', 'm', 1, 1, 'x', 'done', now(), 'forged')");
        var added = (await RowsAsync(bench))[^1];
        Assert.All((await AuditAsync(bench)).Findings, f => Assert.Equal((1, added), (f.Run, f.Row)));
        Assert.Contains((await AuditAsync(bench)).Findings, f => f.Text.EndsWith("inserted after the run's end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_inserted_run_is_named()
    {
        await using var bench = await ThreeRunsAsync();
        await ForceAsync(bench, "UPDATE sluice.runs SET id = 9 WHERE id = 3; UPDATE sluice.statements SET run = 9 WHERE run = 3");
        await ForceAsync(bench, "INSERT INTO sluice.runs OVERRIDING SYSTEM VALUE SELECT 5, 'c', 'up', 'v', 'h', 'a', now(), now(), 'ok', NULL, finish_hash, 'x', 'y' FROM sluice.runs WHERE id = 2");
        Assert.Contains((await AuditAsync(bench)).Findings, f => f is { Run: 5, Row: null } && f.Text.EndsWith("was inserted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_changed_places_are_out_of_order()
    {
        await using var bench = await ThreeRunsAsync();
        var rows = await RowsAsync(bench);
        await ForceAsync(bench, $"UPDATE sluice.statements SET id = 1000 WHERE id = {rows[1]}; UPDATE sluice.statements SET id = {rows[1]} WHERE id = {rows[2]}; UPDATE sluice.statements SET id = {rows[2]} WHERE id = 1000");
        var findings = (await AuditAsync(bench)).Findings;
        Assert.Contains(findings, f => f.Row == rows[1]);
        Assert.Contains(findings, f => f.Row == rows[2]);
        Assert.All(findings, f => Assert.EndsWith("it is out of order", f.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_end_cut_off_together_with_its_numbers_is_found_by_a_head_kept_elsewhere_and_by_nothing_else()
    {
        await using var bench = await ThreeRunsAsync();
        var head = (await AuditAsync(bench)).Head!;
        await ForceAsync(bench, "DELETE FROM sluice.statements WHERE run = 3; DELETE FROM sluice.runs WHERE id = 3; SELECT setval('sluice.runs_id_seq', 2)");
        Assert.Empty((await AuditAsync(bench)).Findings);
        Assert.Contains("a log has its end", Assert.Single((await AuditAsync(bench, head)).Findings).Text, StringComparison.Ordinal);
        Assert.Empty((await AuditAsync(bench, head with { Database = 1 })).Findings);

        bench.Write("4_d", "CREATE TABLE d ();");
        await bench.DeployAsync();
        Assert.Contains("not the one that a log has", Assert.Single((await AuditAsync(bench, head)).Findings).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_may_begin_before_the_one_before_it_ends()
    {
        await using var bench = await ThreeRunsAsync();
        await using var one = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        var first = await JournalRun.BeginAsync(one, RunIdentity.Unnamed, null, TimeProvider.System, Stop);
        var second = await JournalRun.BeginAsync(one, RunIdentity.Unnamed, null, TimeProvider.System, Stop);
        await first.FinishAsync(one, "ok", Stop);
        await second.FinishAsync(one, "ok", Stop);
        Assert.Empty((await AuditAsync(bench)).Findings);
    }

    private static Task<Workbench> ThreeRunsAsync()
    {
        (string Name, string Script)[] files = [("1_a", "CREATE TABLE a ();\nVACUUM;\nCREATE TABLE b ();"), ("2_b", "CREATE TABLE c ();"), ("3_c", "SELECT 1;")];
        return Workbench.OpenAsync("three runs", MakeAsync, files);

        async Task MakeAsync(Workbench bench)
        {
            foreach (var (name, script) in files)
            {
                bench.Write(name, script);
                await bench.DeployAsync();
            }
        }
    }

    // GENERATED ALWAYS keeps an id from being set; a superuser changes that too.
    private static Task ForceAsync(Workbench bench, string sql) => bench.ExecuteAsync(
        $"""
        {ByForce}
        ALTER TABLE sluice.runs ALTER id SET GENERATED BY DEFAULT;
        ALTER TABLE sluice.statements ALTER id SET GENERATED BY DEFAULT;
        {sql};
        RESET session_replication_role
        """);

    private static async Task<JournalReport> AuditAsync(Workbench bench, params JournalHead[] heads)
    {
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        return (await JournalAudit.ReadAsync(connection, heads, Stop))!;
    }

    private static async Task<long[]> RowsAsync(Workbench bench) =>
        await bench.ScalarAsync<long[]>("SELECT array_agg(id ORDER BY id) FROM sluice.statements WHERE run = 1");

    // What a forger who knows how the chain is made would write.
    private static async Task<string> HashAsync(Workbench bench, long before, long row)
    {
        await using var connection = await ServerConnection.OpenAsync(bench.Settings.Address, Stop);
        var rows = (await JournalRows.ReadAsync(connection, Stop)).Statements[1].ToDictionary(r => r.Id);
        return rows[row].Expected(rows[before].Chain);
    }
}
