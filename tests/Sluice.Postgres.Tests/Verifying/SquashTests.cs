using System.Collections.Immutable;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Sluice.Postgres.Verifying;
using Xunit;

namespace Sluice.Postgres.Tests.Verifying;

public sealed class SquashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_language_can_say_becomes_the_sql_of_what_it_comes_to()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("20250101000000_a", "CREATE TABLE a (id serial PRIMARY KEY, old text);");
        bench.Write("20250102000000_b", "CREATE TYPE mood AS ENUM ('x', 'y'); ALTER TABLE a DROP COLUMN old; ALTER TABLE a ADD COLUMN m mood NOT NULL DEFAULT 'x';");

        var plan = await PlanAsync(bench);

        Assert.Equal(("20250102000000_squashed", SquashForm.Generated), (plan.Name, plan.Form));
        Assert.DoesNotContain("old", plan.Script, StringComparison.Ordinal);
        Assert.Equal(["20250101000000_a", "20250102000000_b"], new MigrationFile("x", "x", [.. System.Text.Encoding.UTF8.GetBytes(plan.Script)]).Replaces.Select(r => r.Name));
    }

    [Fact]
    public async Task What_only_sql_can_say_is_written_anew_too()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int CHECK (id > 0))");
        bench.Write("2_f", "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$; CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();");
        bench.Write("3_v", "CREATE VIEW v AS SELECT id FROM a; COMMENT ON VIEW v IS 'seen'; -- the end");

        var plan = await PlanAsync(bench);

        Assert.Equal(SquashForm.Generated, plan.Form);
        Assert.DoesNotContain("the end", plan.Script, StringComparison.Ordinal);
        Assert.Contains("CREATE TRIGGER", plan.Script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_make_the_same_as_one_is_refused_with_the_difference()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "SET search_path = ''; CREATE TABLE public.a (id int); INSERT INTO public.a VALUES (1);");
        bench.Write("2_b", "CREATE TABLE b (id int);");

        var problem = await Workbench.FailAsync(() => Squash.PlanAsync(bench.Settings, null, "squashed", SquashData.Keep, Stop));

        Assert.Equal("SL5049", problem.Code);
        Assert.Contains("3F000", problem.Message, StringComparison.Ordinal);
        Assert.Equal(2, MigrationFolder.Read(bench.Settings.MigrationsPath).Migrations.Length);
    }

    [Fact]
    public async Task Rows_that_a_new_database_would_get_are_named_and_nobody_decides_but_the_user()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id serial PRIMARY KEY, n text);\n-- the roles\nINSERT INTO a (n) VALUES ('x'), ('y');");
        bench.Write("2_b", "UPDATE a SET n = upper(n);");

        var problem = await Workbench.FailAsync(() => PlanAsync(bench));
        var kept = await Squash.PlanAsync(bench.Settings, null, "squashed", SquashData.Keep, Stop);
        var left = await Squash.PlanAsync(bench.Settings, null, "squashed", SquashData.LeaveOut, Stop);

        Assert.Equal("SL5048", problem.Code);
        Assert.Contains("table public.a: 2 rows", problem.Message, StringComparison.Ordinal);
        Assert.Contains("migration.sql:3: INSERT INTO a (n) VALUES", problem.Message, StringComparison.Ordinal);
        Assert.Equal((SquashForm.Joined, false), (kept.Form, kept.LeavesRowsOut));
        Assert.Equal((SquashForm.Generated, true), (left.Form, left.LeavesRowsOut));
        Assert.Equal(["1_a", "2_b"], left.Data.Select(d => d.Migration));
    }

    [Fact]
    public async Task Statements_about_rows_that_leave_none_stop_nobody()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (id int, n text);");
        bench.Write("2_b", "UPDATE a SET n = 'x'; ALTER TABLE a ALTER COLUMN n SET NOT NULL;");

        var plan = await PlanAsync(bench);

        Assert.Equal(SquashForm.Generated, plan.Form);
        Assert.Equal(("2_b", 1, "UPDATE a SET n = 'x'"), (plan.Data[0].Migration, plan.Data[0].Line, plan.Data[0].Text));
    }

    [Fact]
    public async Task A_database_that_has_them_all_gets_one_row_and_no_statement()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await bench.DeployAsync();
        await SquashAsync(bench, "2_b");

        var before = await Status.ReadAsync(bench.Settings, true, Stop);
        var deployed = await bench.DeployAsync();
        var after = await Status.ReadAsync(bench.Settings, true, Stop);

        Assert.Equal(["2_squashed"], before.History.Unrecorded);
        Assert.Empty(before.Drift!.Value);
        Assert.Equal(["2_squashed"], deployed.Squashed);
        Assert.Empty(deployed.Applied);
        Assert.True(after.UpToDate);
        Assert.Equal(["2_squashed", "3_c"], after.History.Applied);
        Assert.Empty(after.History.RolledBack);
        Assert.Equal(2L, await bench.ScalarAsync<long>("SELECT count(*) FROM _prisma_migrations WHERE rolled_back_at IS NOT NULL AND logs LIKE 'Not undone: `2_squashed`%'"));
    }

    [Fact]
    public async Task A_new_database_runs_the_one()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await SquashAsync(bench, "2_b");

        var deployed = await bench.DeployAsync();

        Assert.Equal(["2_squashed", "3_c"], deployed.Applied);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
    }

    [Fact]
    public async Task A_database_that_has_a_part_is_told_what_to_do_and_left_alone()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await Deploy.RunAsync(bench.Settings, "1_a", Stop);
        await SquashAsync(bench, "2_b");

        var problem = await bench.DeployFailsAsync();

        Assert.Equal("SL5045", problem.Code);
        Assert.Contains("applied: 1, up to 1_a", problem.Message, StringComparison.Ordinal);
        Assert.Contains("not applied: 2_b", problem.Message, StringComparison.Ordinal);
        Assert.False(await bench.HasTableAsync("b"));
        Assert.Equal(["2_squashed"], (await Status.ReadAsync(bench.Settings, false, Stop)).History.PartlySquashed.Select(p => p.Squash));
    }

    [Fact]
    public async Task A_database_where_another_text_was_applied_needs_a_word_from_a_person()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await bench.DeployAsync();
        bench.Write("1_a", "CREATE TABLE a (id int); -- edited");
        await SquashAsync(bench, "2_b");

        var problem = await bench.DeployFailsAsync();
        await Resolve.AppliedAsync(bench.Settings, "2_squashed", Stop);

        Assert.Contains("applied with another text: 1_a", problem.Message, StringComparison.Ordinal);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
    }

    [Fact]
    public async Task Line_ends_are_no_other_text()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("1_a", "CREATE TABLE a (\r\nid int);");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        await bench.DeployAsync();
        bench.Write("1_a", "CREATE TABLE a (\nid int);");
        await SquashAsync(bench, null);

        Assert.Equal(["2_squashed"], (await bench.DeployAsync()).Squashed);
    }

    [Fact]
    public async Task Dev_takes_the_one_for_what_it_stands_for()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await bench.DeployAsync();
        await SquashAsync(bench, "2_b");

        var diagnosis = await Dev.DiagnoseAsync(bench.Settings, Catalog.Database.Empty, Stop);

        Assert.False(diagnosis.IsBlocked);
        Assert.Equal(["2_squashed"], (await Dev.ApplyPendingAsync(bench.Settings, diagnosis, Stop)).Squashed);
    }

    [Fact]
    public async Task Versioned_files_are_squashed_under_the_last_version()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.WriteFile("001_a.up.sql", "CREATE TABLE a (id int);");
        bench.WriteFile("001_a.down.sql", "DROP TABLE a;");
        bench.WriteFile("002_b.up.sql", "CREATE TABLE b (id int);");
        bench.WriteFile("003_c.up.sql", "CREATE TABLE c (id int);");
        await bench.DeployAsync();

        await SquashAsync(bench, "002");
        var deployed = await bench.DeployAsync();

        Assert.Equal(["002_squashed.up.sql", "003_c.up.sql"], Directory.GetFiles(bench.Settings.MigrationsPath).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["002_squashed"], deployed.Squashed);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
        Assert.Equal(["002", "003"], (await Status.ReadAsync(bench.Settings, false, Stop)).History.Applied.Select(n => n[..3]));
    }

    [Theory]
    [InlineData("folders")]
    [InlineData("files")]
    public async Task Killed_between_its_files_it_is_refused_by_everyone_and_finished_by_itself(string layout)
    {
        await using var bench = await Workbench.OpenAsync();
        if (layout == "folders")
        {
            Three(bench);
        }
        else
        {
            bench.WriteFile("1_a.up.sql", "CREATE TABLE a (id int);");
            bench.WriteFile("2_b.up.sql", "CREATE TABLE b (id int);");
            bench.WriteFile("2_b.down.sql", "DROP TABLE b;");
            bench.WriteFile("3_c.up.sql", "CREATE TABLE c (id int);");
        }

        var plan = await Squash.PlanAsync(bench.Settings, "2_b", "squashed", null, Stop);
        var path = bench.Settings.MigrationsPath;
        if (layout == "folders")
        {
            bench.Write(plan.Name, plan.Script);
            Directory.Delete(Path.Combine(path, "1_a"), recursive: true);
        }
        else
        {
            bench.WriteFile(plan.Name + ".up.sql", plan.Script);
            File.Delete(Path.Combine(path, "1_a.up.sql"));
        }

        var problem = await bench.DeployFailsAsync();
        var finished = SquashedFiles.Finish(path);

        Assert.Equal("SL5046", problem.Code);
        Assert.Equal("2_squashed", finished);
        Assert.Equal(["2_squashed", "3_c"], MigrationFolder.Read(path).Migrations.Select(m => m.Name));
        Assert.Null(SquashedFiles.Finish(path));
    }

    [Fact]
    public async Task A_name_that_would_sort_after_the_next_one_is_refused()
    {
        await using var bench = await Workbench.OpenAsync();
        bench.Write("20250101000000_a", "CREATE TABLE a (id int);");
        bench.Write("20250102000000_b", "CREATE TABLE b (id int);");
        bench.Write("20250102000000_c", "CREATE TABLE c (id int);");

        var problem = await Workbench.FailAsync(() => Squash.PlanAsync(bench.Settings, "20250102000000_b", "squashed", null, Stop));

        Assert.Equal("SL5047", problem.Code);
        Assert.Equal("20250102000000_all", (await Squash.PlanAsync(bench.Settings, "20250102000000_b", "all", null, Stop)).Name);
    }

    [Fact]
    public async Task A_squash_can_be_squashed_again()
    {
        await using var bench = await Workbench.OpenAsync();
        Three(bench);
        await bench.DeployAsync();
        await SquashAsync(bench, "2_b");
        await bench.DeployAsync();
        await SquashAsync(bench, null);

        Assert.Equal(["3_squashed"], (await bench.DeployAsync()).Squashed);
        Assert.True((await Status.ReadAsync(bench.Settings, true, Stop)).UpToDate);
    }

    private static void Three(Workbench bench)
    {
        bench.Write("1_a", "CREATE TABLE a (id int);");
        bench.Write("2_b", "CREATE TABLE b (id int);");
        bench.Write("3_c", "CREATE TABLE c (id int);");
    }

    private static Task<SquashPlan> PlanAsync(Workbench bench) => Squash.PlanAsync(bench.Settings, null, "squashed", null, Stop);

    private static async Task SquashAsync(Workbench bench, string? to)
    {
        var backup = Path.Combine(Path.GetDirectoryName(bench.Settings.MigrationsPath)!, "backup");
        var plan = await Squash.PlanAsync(bench.Settings, to, "squashed", null, Stop);
        ImmutableArray<byte> first = plan.Replaced[0].Bytes;
        Squash.Write(plan, backup);
        Assert.Equal(first, File.ReadAllBytes(Path.Combine(backup, Path.GetRelativePath(bench.Settings.MigrationsPath, plan.Replaced[0].Path))));
    }
}
