using Sluice.Postgres.Backup;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ScopeChoiceTests
{
    private const long Small = 1L << 40;
    private const long Large = 1;

    [Fact]
    public async Task A_small_database_is_saved_whole_and_a_large_one_by_the_tables_that_change()
    {
        await using var bench = await BackupBench.OpenAsync();
        const string Script = "DELETE FROM orders WHERE id > 5";
        Assert.IsType<BackupScope.Whole>((await ChooseAsync(bench, Script, ScopePolicy.Auto, Small)).Scope);
        Assert.IsType<BackupScope.Whole>((await ChooseAsync(bench, Script, ScopePolicy.Whole, Large)).Scope);
        foreach (var (policy, upTo) in new[] { (ScopePolicy.Auto, Large), (ScopePolicy.Affected, Small) })
        {
            var choice = await ChooseAsync(bench, "ALTER TABLE orders ADD COLUMN extra int", policy, upTo);
            Assert.Contains("the rows of public.orders, of a database of", choice.Meaning, StringComparison.Ordinal);

            var manifest = (await BackupRun.TakeAsync(bench.Settings, bench.Request with { Scope = choice.Scope! }, BackupBench.Stop)).Manifest;

            Assert.False(manifest.Whole);
            Assert.Equal(("orders", 300L), (Assert.Single(manifest.Tables).Name, manifest.Tables[0].Rows));
        }
    }

    [Theory]
    [InlineData("DO $$ BEGIN END $$", "DO $$")]
    [InlineData("DROP SCHEMA public CASCADE", "DROP SCHEMA public CASCADE")]
    [InlineData("COPY orders FROM STDIN", "COPY orders")]
    public async Task Where_the_text_does_not_tell_what_changes_everything_is_saved_and_the_statement_named(string script, string named)
    {
        await using var bench = await BackupBench.OpenAsync();
        var choice = await ChooseAsync(bench, script, ScopePolicy.Affected, Large);
        Assert.IsType<BackupScope.Whole>(choice.Scope);
        Assert.Contains($"cannot be told from the text: {named}", choice.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_row_can_change_the_definitions_alone_are_saved_and_proved()
    {
        await using var bench = await BackupBench.OpenAsync();
        var choice = await ChooseAsync(bench, "CREATE TABLE fresh (id int); CREATE INDEX ON fresh (id); COMMENT ON TABLE fresh IS 'new'", ScopePolicy.Affected, Large);
        Assert.Empty(Assert.IsType<BackupScope.Affected>(choice.Scope).Names);
        Assert.Empty((await BackupRun.TakeAsync(bench.Settings, bench.Request with { Scope = choice.Scope! }, BackupBench.Stop)).Manifest.Tables);
    }

    [Fact]
    public async Task A_database_without_tables_has_nothing_to_save()
    {
        await using var bench = await Running.Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE _prisma_migrations (id int)");
        Assert.Null((await ChooseAsync(bench.Settings, "DROP TABLE x", ScopePolicy.Whole, Small)).Scope);
    }

    private static Task<ScopeChoice> ChooseAsync(BackupBench bench, string script, ScopePolicy policy, long wholeUpTo) => ChooseAsync(bench.Settings, script, policy, wholeUpTo);

    private static async Task<ScopeChoice> ChooseAsync(RunSettings settings, string script, ScopePolicy policy, long wholeUpTo) =>
        (await RunAhead.LookAsync(
            settings,
            [new MigrationFile("1_m", "1_m.up.sql", [.. System.Text.Encoding.UTF8.GetBytes(script)])],
            async ahead => await ScopeChoice.MakeAsync(ahead, policy, wholeUpTo, BackupBench.Stop),
            BackupBench.Stop))!;
}
