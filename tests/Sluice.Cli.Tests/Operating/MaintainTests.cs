using Npgsql;

namespace Sluice.Cli.Tests.Operating;

public sealed class MaintainTests
{
    // Two that need it, one that does not; nobody else vacuums them meanwhile.
    private const string Tables = """
        CREATE TABLE dead (id int PRIMARY KEY, title text) WITH (autovacuum_enabled = off);
        CREATE TABLE "Never Analyzed" (id int) WITH (autovacuum_enabled = off);
        CREATE TABLE clean (id int) WITH (autovacuum_enabled = off);
        INSERT INTO dead SELECT n, 'x' FROM generate_series(1, 1000) AS n;
        INSERT INTO "Never Analyzed" SELECT n FROM generate_series(1, 10) AS n;
        INSERT INTO clean SELECT n FROM generate_series(1, 1000) AS n;
        ANALYZE dead; ANALYZE clean;
        """;

    [Fact]
    public async Task What_needs_it_is_vacuumed_and_analyzed_and_the_journal_has_it()
    {
        await using var work = await DirtyAsync();
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("public.dead: 1,000 dead rows of 2,000", "public.\"Never Analyzed\": it has no statistics yet", "2 tables would be vacuumed.");
        Assert.Equal(0L, await work.QueryAsync("SELECT count(*) FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL"));
        (await work.RunAsync("maintain")).Ends(0).Says("public.dead: 1,000 dead rows", "2 tables vacuumed and analyzed.");
        Assert.Equal("\"Never Analyzed\", dead", await work.QueryAsync("SELECT string_agg(quote_ident(relname), ', ' ORDER BY relname) FROM pg_stat_user_tables WHERE schemaname = 'public' AND last_vacuum IS NOT NULL AND last_analyze IS NOT NULL"));
        Assert.StartsWith("maintain ok vacuumed public.", (string)(await work.QueryAsync("SELECT command || ' ' || r.outcome || ' ' || note FROM sluice.runs r JOIN sluice.statements s ON s.run = r.id"))!, StringComparison.Ordinal);
        (await work.RunAsync("maintain", "--dry-run")).Ends(0).Says("No table needs it.");
    }

    [Fact]
    public async Task What_somebody_holds_is_left_for_the_next_time_and_nobody_waits()
    {
        await using var work = await DirtyAsync();
        await using var connection = await work.Database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("LOCK TABLE dead IN ACCESS EXCLUSIVE MODE", connection, transaction))
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var run = (await work.RunAsync("maintain", "--json")).Ends(1).Json;
        Assert.Equal(["public.\"Never Analyzed\" True ", "public.dead False somebody holds it"], run.GetProperty("tables").EnumerateArray()
            .Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("done").GetBoolean()} {t.GetProperty("skipped").GetString()}").Order(StringComparer.Ordinal));
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        (await work.RunAsync("maintain")).Ends(0).Says("1 table vacuumed and analyzed.");
    }

    [Fact]
    public async Task A_table_that_was_asked_for_is_vacuumed_whatever_its_statistics_say()
    {
        await using var work = await DirtyAsync();
        (await work.RunAsync("maintain", "--table", "clean", "--table", "public.Never Analyzed")).Ends(0).Says("public.clean: asked for", "2 tables vacuumed");
        (await work.RunAsync("maintain", "--table", "x\"; DROP TABLE dead; --")).Ends(1).Warns("There is no table", "sluice monitor");
        Assert.True(await work.HasTableAsync("dead"));
    }

    [Fact]
    public async Task A_table_of_somebody_else_is_named_and_left()
    {
        await using var work = await DirtyAsync();
        var role = $"sluice_maintain_{Guid.NewGuid():n}";
        await work.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE \"{work.Database.Name}\" TO {role}");
        try
        {
            var url = new UriBuilder(work.Database.Url) { UserName = role, Password = "x" }.Uri.ToString();
            (await work.RunAsync("maintain", "--url", url)).Ends(1).Warns("public.dead needs it, and this user may not").Says("No table needs it.");
            (await work.RunAsync("monitor", "--url", url)).Says("public.dead");
            // Who owns the database may.
            var owner = (string)(await work.QueryAsync("SELECT current_user"))!;
            await work.Database.ExecuteAsync($"ALTER DATABASE \"{work.Database.Name}\" OWNER TO {role}");
            (await work.RunAsync("maintain", "--url", url)).Ends(0).Says("2 tables vacuumed");
            await work.Database.ExecuteAsync($"ALTER DATABASE \"{work.Database.Name}\" OWNER TO \"{owner}\"");
        }
        finally
        {
            await work.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    private static async Task<LiveWorkspace> DirtyAsync()
    {
        var work = await LiveWorkspace.CreateAsync(sql: Tables);
        // The statistics of this session are there when it says so; those of a copied database begin anew.
        await work.Database.ExecuteAsync("ANALYZE dead; ANALYZE clean; INSERT INTO \"Never Analyzed\" VALUES (11); UPDATE dead SET title = 'y'; SELECT pg_stat_force_next_flush()");
        return work;
    }
}
