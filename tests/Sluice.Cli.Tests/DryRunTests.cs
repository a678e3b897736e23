namespace Sluice.Cli.Tests;

public sealed class DryRunTests
{
    [Fact]
    public async Task It_says_whom_each_statement_disturbs_and_changes_nothing()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_init", DeployTests.Init);
        (await work.RunAsync("migrate", "deploy")).Ends(0);
        await work.Database.ExecuteAsync("INSERT INTO \"User\" (email) SELECT g::text FROM generate_series(1, 1000) g");
        work.Migration(
            "20250102000000_more",
            "ALTER TABLE \"User\" ALTER COLUMN id TYPE bigint;\nCREATE TABLE n (id int);\nCREATE INDEX ON n (id);\nCREATE INDEX CONCURRENTLY i ON \"User\" (email);\nALTER TABLE \"User\" DROP COLUMN email;\n");
        var before = await StateAsync(work);

        (await work.RunAsync("migrate", "deploy", "--dry-run")).Ends(0).Says(
            "locks User (ACCESS EXCLUSIVE: nobody reads or writes), rewrites User",
            "locks User (SHARE UPDATE EXCLUSIVE: all read and write, none alters), scans User",
            "outside any transaction",
            "danger D02: ",
            "nothing was changed");
        var json = (await work.RunAsync("migrate", "deploy", "--dry-run", "--json")).Ends(0).Json;
        var statements = json.GetProperty("pending")[0].GetProperty("segments")[0].GetProperty("statements").EnumerateArray().ToList();
        Assert.Equal("User", Assert.Single(statements[0].GetProperty("rewrites").EnumerateArray()).GetString());
        Assert.Empty(statements[2].GetProperty("locks").EnumerateArray());
        Assert.Contains(json.GetProperty("findings").EnumerateArray(), f => f.GetProperty("rule").GetString() is "D02");
        work.Write("sluice.json", """{"lint": {"block": ["D"]}}""");
        (await work.RunAsync("migrate", "deploy", "--dry-run")).Ends(1).Warns("By `lint.block` in sluice.json they are not applied: D02.");
        Assert.Equal(before, await StateAsync(work));
    }

    // Every object with its transaction number, every row, and the counters that any write would move.
    private static Task<object?> StateAsync(LiveWorkspace work) => work.QueryAsync(
        """
        SELECT md5(concat(
          (SELECT string_agg(c::text, '|' ORDER BY oid) FROM (SELECT oid, xmin, relname, relfilenode, relkind FROM pg_class WHERE oid >= 16384) c),
          (SELECT string_agg(a::text, '|' ORDER BY attrelid, attnum) FROM (SELECT xmin, attrelid, attnum, attname, atttypid FROM pg_attribute WHERE attrelid >= 16384) a),
          (SELECT string_agg(n::text, '|' ORDER BY oid) FROM (SELECT xmin, oid, nspname FROM pg_namespace) n),
          (SELECT string_agg(concat(xmin, u), '|' ORDER BY id) FROM "User" u),
          (SELECT string_agg(concat(xmin, h), '|' ORDER BY id) FROM _prisma_migrations h)))
        """);
}
