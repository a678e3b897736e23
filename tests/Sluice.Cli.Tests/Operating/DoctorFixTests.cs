namespace Sluice.Cli.Tests.Operating;

public sealed class DoctorFixTests
{
    private static readonly string[] Fix = ["doctor", "--skip-check", DoctorTests.ThrowAway, "--fix"];

    [Fact]
    public async Task What_is_safe_is_shown_asked_for_done_and_written_down()
    {
        await using var work = await BrokenAsync();
        (await work.RunAsync([.. Fix, "--dry-run"])).Ends(0).Says(
            "DROP INDEX CONCURRENTLY public.by_n_ccnew;", "REINDEX INDEX CONCURRENTLY public.broken;", "ALTER TABLE public.t VALIDATE CONSTRAINT positive;", "ANALYZE (SKIP_LOCKED) public.t;", "4 statements would be run");
        (await work.RunAsync(Fix)).Ends(1).Warns("There is no terminal to ask on; nothing was changed.", "sluice doctor --fix --yes");
        Assert.Equal(2L, await work.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));

        (await work.RunAsync([.. Fix, "--yes"])).Ends(0).Says("No findings.").Warns("4/4");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
        Assert.Equal(true, await work.QueryAsync("SELECT bool_and(convalidated) FROM pg_constraint"));
        Assert.Equal(true, await work.QueryAsync("SELECT to_regclass('by_n') IS NOT NULL AND to_regclass('by_n_ccnew') IS NULL"));
        Assert.Equal(
            "fixed: DROP INDEX CONCURRENTLY public.by_n_ccnew|fixed: REINDEX INDEX CONCURRENTLY public.broken|fixed: ALTER TABLE public.t VALIDATE CONSTRAINT positive|fixed: ANALYZE (SKIP_LOCKED) public.t",
            await work.QueryAsync("SELECT string_agg(note, '|' ORDER BY id) FROM sluice.statements WHERE note LIKE '%fixed%'"));
        (await work.RunAsync([.. Fix, "--yes"])).Ends(0).Warns("Nothing here can be put right safely by itself.");
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_with_why_leaves_nothing_behind_and_keeps_nothing_else_from_being_done()
    {
        await using var work = await BrokenAsync();
        await work.Database.ExecuteAsync("DROP INDEX broken; ALTER TABLE t DROP CONSTRAINT positive; ALTER TABLE t ADD CONSTRAINT small CHECK (n < 100) NOT VALID; ALTER TABLE t ADD CONSTRAINT not_negative CHECK (n >= 0) NOT VALID; INSERT INTO t VALUES (1)");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => work.Database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (n)"));
        var json = (await work.RunAsync([.. Fix, "--yes", "--json"])).Ends(1).Warns("could not create unique index", "is violated by some row").Json;
        Assert.Equal(
            [("REINDEX INDEX CONCURRENTLY public.twice", false), ("ALTER TABLE public.t VALIDATE CONSTRAINT small", false), ("ALTER TABLE public.t VALIDATE CONSTRAINT not_negative", true)],
            json.GetProperty("fixes").EnumerateArray().Select(f => (f.GetProperty("statement").GetString()!, f.GetProperty("done").GetBoolean()))
                .Where(f => f.Item1.Contains("public.t ", StringComparison.Ordinal) || f.Item1.EndsWith("twice", StringComparison.Ordinal)).OrderByDescending(f => f.Item1, StringComparer.Ordinal));
        Assert.Equal("twice", await work.QueryAsync("SELECT string_agg(indexrelid::regclass::text, ' ') FROM pg_index WHERE NOT indisvalid"));
        Assert.Equal(2, json.GetProperty("findings").GetInt32());
    }

    [Fact]
    public async Task Nobodys_own_functions_are_called()
    {
        await using var work = await BrokenAsync();
        foreach (var name in new[] { "format(text, name, name)", "format(text, name, name, name)", "format(text, text, regclass)", "quote_ident(name)" })
        {
            await work.Database.ExecuteAsync($"CREATE FUNCTION public.{name} RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END'");
        }

        (await work.RunAsync("doctor")).Ends(1).Says("public.broken", "positive of public.t");
        (await work.RunAsync([.. Fix, "--yes"])).Ends(0).Says("No findings.").Warns("4/4");
    }

    [Fact]
    public async Task An_extension_is_updated_when_that_is_asked_for_too()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: "CREATE EXTENSION pg_trgm VERSION '1.3'");
        (await work.RunAsync("doctor")).Ends(1).Says("pg_trgm 1.3, available 1.", "ALTER EXTENSION \"pg_trgm\" UPDATE");
        (await work.RunAsync("doctor", "--fix", "--dry-run")).Ends(0).Says("Nothing here can be put right safely");
        (await work.RunAsync("doctor", "--extensions")).Ends(1).Warns("give --fix too");
        (await work.RunAsync([.. Fix, "--extensions", "--yes"])).Warns("ALTER EXTENSION pg_trgm UPDATE");
        Assert.Equal(true, await work.QueryAsync("SELECT extversion = default_version FROM pg_extension JOIN pg_available_extensions ON name = extname WHERE extname = 'pg_trgm'"));
    }

    // An index that lost its validity, one that a REINDEX left, a constraint to validate, and no statistics.
    private static async Task<LiveWorkspace> BrokenAsync()
    {
        var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_t", "CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 2000);");
        (await work.RunAsync("up", "--no-backup")).Ends(0);
        await work.Database.ExecuteAsync(
            """
            CREATE INDEX by_n ON t (n); CREATE INDEX by_n_ccnew ON t (n); CREATE INDEX broken ON t (n);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid IN ('by_n_ccnew'::regclass, 'broken'::regclass);
            ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
            """);
        return work;
    }
}
