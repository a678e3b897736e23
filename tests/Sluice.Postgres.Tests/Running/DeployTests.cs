using System.Text;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class DeployTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pending_migrations_are_applied_in_order_of_their_names_and_once()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("20260102000000_second", "ALTER TABLE a ADD COLUMN b int;");
        bench.Write("20260101000000_first", "CREATE TABLE a (id int);");

        var first = await bench.DeployAsync();
        var second = await bench.DeployAsync();

        Assert.Equal(["20260101000000_first", "20260102000000_second"], first.Applied);
        Assert.Empty(second.Applied);
        Assert.Equal(2, second.Found);
    }

    [Fact]
    public async Task A_row_of_the_history_is_what_Prisma_writes()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("20260101000000_hello", "CREATE TABLE a (id int);\n");
        await bench.DeployAsync();

        await using var command = bench.Source.CreateCommand("SELECT * FROM _prisma_migrations");
        await using var reader = await command.ExecuteReaderAsync(Stop);
        Assert.True(await reader.ReadAsync(Stop));
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", reader.GetString(0));
        Assert.Matches("^[0-9a-f]{64}$", reader.GetString(1));
        Assert.False(reader.IsDBNull(2));
        Assert.Equal("20260101000000_hello", reader.GetString(3));
        Assert.True(reader.IsDBNull(4));
        Assert.True(reader.IsDBNull(5));
        Assert.True(reader.GetDateTime(6) <= reader.GetDateTime(2));
        Assert.Equal(1, reader.GetInt32(7));
    }

    [Fact]
    public async Task The_history_table_has_the_columns_of_Prisma()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.DeployAsync();

        var columns = await bench.ScalarAsync<string>(
            """
            SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END, pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
            FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            WHERE attrelid = '_prisma_migrations'::regclass AND attnum > 0
            """);

        Assert.Equal(
            "id character varying(36) not null, checksum character varying(64) not null, finished_at timestamp with time zone, "
            + "migration_name character varying(255) not null, logs text, rolled_back_at timestamp with time zone, "
            + "started_at timestamp with time zone not null now(), applied_steps_count integer not null 0",
            columns);
    }

    [Fact]
    public async Task A_failing_migration_leaves_its_row_and_says_which_statement_and_line()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("20260101000000_ok", "CREATE TABLE a (id int);");
        bench.Write("20260102000000_bad", "-- first\nCREATE TABLE b (id int);\n\nALTER TABLE a\n  ADD COLUMN c nosuchtype;\nCREATE TABLE d ();");

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("P3018", problem.Code);
        var failed = problem.Statement!;
        Assert.Equal(("20260102000000_bad", 2, 3, 5, (int?)16), (failed.Migration, failed.Ordinal, failed.Total, failed.Line, failed.Column));
        Assert.Equal("42704", failed.Error.SqlState);
        Assert.Equal("  ADD COLUMN c nosuchtype;", failed.SourceLine);
        Assert.Contains("rolled back", failed.State, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("b"));
        Assert.Contains("nosuchtype", await bench.ScalarAsync<string>("SELECT logs FROM _prisma_migrations WHERE finished_at IS NULL"), StringComparison.Ordinal);

        Assert.Contains(problem.Remedies, r => r.Contains("run this command again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_rolled_back_a_corrected_migration_is_applied()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_bad", "CREATE TABLE a (id nosuchtype);");
        await bench.DeployFailsAsync();
        bench.Write("1_bad", "CREATE TABLE a (id int);");

        await Resolve.RolledBackAsync(bench.Settings, "1_bad", Stop);
        var result = await bench.DeployAsync();

        Assert.Equal(["1_bad"], result.Applied);
        Assert.Equal(2, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations"));
    }

    [Fact]
    public async Task What_a_script_committed_itself_stays_and_is_said_to_stay()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_half", "BEGIN; CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int); SELECT 1/0;");

        var problem = await bench.DeployFailsAsync();

        Assert.Contains("Statements 1 to 3", problem.Statement!.State, StringComparison.Ordinal);
        Assert.True(await bench.HasTableAsync("a"));
        Assert.False(await bench.HasTableAsync("b"));
    }

    [Fact]
    public async Task A_constraint_that_is_checked_at_the_end_fails_the_migration_whole()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_deferred", "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO a VALUES (1), (1);");

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("23505", problem.Statement!.Error.SqlState);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_transaction_left_open_is_refused_before_anything_is_sent()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_open", "CREATE TABLE a ();\nBEGIN;\nCREATE TABLE b ();");

        var problem = await bench.DeployFailsAsync();

        Assert.Equal((2, 2), (problem.Statement!.Ordinal, problem.Statement.Line));
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (id);")]
    [InlineData("VACUUM t;")]
    [InlineData("ALTER TYPE e ADD VALUE 'b';")]
    [InlineData("ALTER TYPE e ADD VALUE 'b'; ALTER TYPE e ADD VALUE 'c' BEFORE 'a';")]
    [InlineData("BEGIN; CREATE TYPE e2 AS ENUM ('x'); ALTER TABLE t ADD COLUMN y e2; COMMIT;")]
    [InlineData("CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a = 1 THEN 2 END; END; CREATE TABLE z ();")]
    [InlineData("DO $$ BEGIN PERFORM 1; COMMIT; END $$;")]
    [InlineData("DO $x$ BEGIN RAISE NOTICE 'a;b'; END $x$; SELECT relacl FROM pg_class; SELECT 'a'::e, ARRAY['a'::e];")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2);")]
    [InlineData("")]
    [InlineData("-- This is an empty migration.")]
    [InlineData("/* a /* nested */ ; */ ;;")]
    [InlineData("COMMIT;")]
    [InlineData("CREATE TABLE b1 (); BEGIN; CREATE TABLE b2 (); COMMIT; CREATE TABLE b3 ();")]
    [InlineData("CREATE TABLE b1 (); BEGIN READ WRITE; CREATE TABLE b2 (); COMMIT;")]
    [InlineData("SET ROLE pg_read_all_data; SELECT 1;")]
    [InlineData("SET search_path = ''; CREATE TABLE public.q ();")]
    [InlineData("SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.q ();")]
    [InlineData("PREPARE p AS SELECT 1; EXECUTE p; CREATE TEMP TABLE tmp AS SELECT 1; LISTEN x;")]
    [InlineData("BEGIN; CREATE TABLE b1 (); COMMIT AND CHAIN; CREATE TABLE b2 (); COMMIT;")]
    [InlineData("SAVEPOINT s; CREATE TABLE b1 (); ROLLBACK TO SAVEPOINT s; CREATE TABLE b2 ();")]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (id); CREATE TABLE b1 (); CREATE INDEX CONCURRENTLY j ON t (id);")]
    [InlineData("ALTER TYPE e ADD VALUE 'b'; CREATE TABLE x (c e DEFAULT 'b'); VACUUM x;")]
    [InlineData("SET ROLE pg_read_all_data; SELECT 1; RESET ROLE; VACUUM t; SET ROLE pg_read_all_data; SELECT 2;")]
    [InlineData("BEGIN; CREATE TABLE b1 (); ROLLBACK;")]
    [InlineData("CREATE PROCEDURE p() LANGUAGE plpgsql AS 'begin commit; end'; ")]
    public async Task A_script_of_this_form_applies_and_so_does_the_next(string script)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_before", "CREATE TABLE t (id int); CREATE TYPE e AS ENUM ('a');");
        bench.Write("2_script", script);
        bench.Write("3_after", "CREATE TABLE after (id int);");

        var result = await bench.DeployAsync();

        Assert.Equal(3, result.Applied.Length);
        Assert.True(await bench.HasTableAsync("public.after"));
        Assert.Equal(3, await bench.ScalarAsync<long>("SELECT count(*) FROM public._prisma_migrations WHERE finished_at IS NOT NULL AND applied_steps_count = 1"));
    }

    [Theory]
    [InlineData("BEGIN; CREATE INDEX CONCURRENTLY i ON t (id); COMMIT;", "25001")]
    [InlineData("BEGIN; ALTER TYPE e ADD VALUE 'b'; CREATE TABLE x (c e DEFAULT 'b'); COMMIT;", "55P04")]
    [InlineData("COPY t FROM STDIN;", "")]
    [InlineData("COPY t TO STDOUT;", "")]
    [InlineData("COPY t FROM '/nowhere/stdin.csv';", "58P01")]
    [InlineData("SELECT $1;", "08P01")]
    [InlineData("CREATE TABLE 'x", "42601")]
    public async Task A_script_of_this_form_fails_with_the_servers_code_and_leaves_the_run_in_order(string script, string code)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_before", "CREATE TABLE t (id int); CREATE TYPE e AS ENUM ('a');");
        bench.Write("2_script", script);

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("P3018", problem.Code);
        Assert.Equal(code, problem.Statement!.Error.SqlState);
        bench.Write("2_script", "CREATE TABLE corrected ();");
        Assert.Equal(["2_script"], (await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_SQL_and_part_of_the_checksum()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_bom", [0xEF, 0xBB, 0xBF, .. "CREATE TABLE a ();"u8]);

        await bench.DeployAsync();

        Assert.True((await Status.ReadAsync(bench.Settings, false, Stop)).UpToDate);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x53, 0x00 }, "UTF-16", "as UTF-8")]
    [InlineData(new byte[] { 0x53, 0x0A, 0xC3, 0x28 }, "line 2", "as UTF-8")]
    [InlineData(new byte[] { 0x53, 0x00 }, "NUL", "Remove the NUL")]
    public async Task A_file_that_is_no_UTF8_is_refused_before_any_other_is_applied(byte[] bytes, string reason, string remedy)
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_ok", "CREATE TABLE a ();");
        bench.Write("2_bytes", bytes);

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("SL5001", problem.Code);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, Assert.Single(problem.Remedies), StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task A_script_of_five_megabytes_applies()
    {
        await using var bench = await Workbench.OpenAsync();
        var script = new StringBuilder("CREATE TABLE a (id int, t text);\n");
        while (script.Length < 5_000_000)
        {
            script.Append("INSERT INTO a VALUES (1, 'some text; with a semicolon and some more to fill the line up to the brim of it');\n");
        }

        bench.Write("1_large", script.ToString());
        await bench.DeployAsync();

        Assert.True(await bench.ScalarAsync<long>("SELECT count(*) FROM a") > 40_000);
    }

    [Fact]
    public async Task Names_with_quotes_are_names()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Schema = "we\"ird 'schema'", SchemaIsExplicit = true } };
        bench.Write("1_it's \"quoted\"", "CREATE TABLE a ();");

        await bench.DeployAsync();

        Assert.Equal(1, await bench.ScalarAsync<long>("SELECT count(*) FROM \"we\"\"ird 'schema'\"._prisma_migrations"));
        Assert.True(await bench.HasTableAsync("\"we\"\"ird ''schema''\".a"));
    }

    [Fact]
    public async Task A_database_with_tables_and_without_history_asks_for_a_baseline()
    {
        await using var bench = await Workbench.OpenAsync();
        await bench.ExecuteAsync("CREATE TABLE legacy (id int)");
        bench.Write("1_init", "CREATE TABLE legacy (id int);");

        var problem = await bench.DeployFailsAsync();
        Assert.Equal("P3005", problem.Code);
        Assert.True((await Status.ReadAsync(bench.Settings, false, Stop)).Unmanaged);

        await Resolve.AppliedAsync(bench.Settings, "1_init", Stop);
        Assert.Empty((await bench.DeployAsync()).Applied);
    }

    [Fact]
    public async Task A_missing_database_is_created()
    {
        await using var bench = await Workbench.OpenAsync();
        var name = bench.Settings.Address.Database + "_new \"one\"";
        bench.Settings = bench.Settings with { Address = bench.Settings.Address with { Database = name } };
        bench.Write("1_init", "CREATE TABLE a ();");
        Assert.Equal("P1003", (await Workbench.FailAsync(() => Status.ReadAsync(bench.Settings, false, Stop))).Code);

        var result = await bench.DeployAsync();

        Assert.True(result.DatabaseCreated);
        await bench.ExecuteAsync($"DROP DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
    }

    [Fact]
    public async Task A_folder_without_script_is_named_before_anything_is_applied()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_ok", "CREATE TABLE a ();");
        Directory.CreateDirectory(Path.Combine(bench.Settings.MigrationsPath, "2_empty"));

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("P3015", problem.Code);
        Assert.False(await bench.HasTableAsync("a"));
    }

    [Fact]
    public async Task Secrets_in_a_failing_script_are_in_neither_error_nor_logs()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_role", "CREATE ROLE postgres PASSWORD 'hunter2-secret';");

        var problem = await bench.DeployFailsAsync();
        var logs = await bench.ScalarAsync<string>("SELECT logs FROM _prisma_migrations");

        Assert.DoesNotContain("hunter2", problem.Statement!.Excerpt + problem.Statement.SourceLine + logs, StringComparison.Ordinal);
    }
}
