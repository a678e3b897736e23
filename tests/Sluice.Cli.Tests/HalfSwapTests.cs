using Npgsql;

namespace Sluice.Cli.Tests;

/// <summary>`restore` is killed when the old database is shut already, and not put aside yet.</summary>
public sealed class HalfSwapTests
{
    [Theory]
    [InlineData("doctor")]
    [InlineData("restore")]
    public async Task A_database_that_a_killed_restore_left_shut_is_opened_again_by(string command)
    {
        await using var work = await LiveWorkspace.CreateAsync();
        work.Versioned("001_a", "CREATE TABLE a (id int); INSERT INTO a VALUES (1);");
        (await work.RunAsync("up", "--no-backup")).Ends(0);
        var file = (await work.RunAsync("backup")).Ends(0).Output.Trim();
        await work.Database.ExecuteAsync("INSERT INTO a VALUES (2)");
        await KillInTheMiddleAsync(work, file);
        var name = work.Database.Name;

        (await work.RunAsync("status")).Ends(1).Warns("SL5113", "sluice doctor --fix");
        (await work.RunAsync("doctor")).Ends(1).Says("killed restore", $"{name} lets nobody in, and nothing of it is lost", "1 finding.");
        Assert.Equal("critical", (await work.RunAsync("doctor", "--json")).Ends(1).Json.GetProperty("checks")[0].GetProperty("verdict").GetString());
        (await work.RunAsync("doctor", "--fix", "--dry-run")).Ends(0).Says($"ALTER DATABASE \"{name}\" WITH ALLOW_CONNECTIONS true;", "DROP DATABASE \"prisma_migrate_shadow_db_");
        (await work.RunAsync("doctor", "--fix")).Ends(1).Warns("sluice doctor --fix --yes");
        if (command == "doctor")
        {
            (await work.RunAsync("doctor", "--fix", "--yes", "--skip-check", Operating.DoctorTests.ThrowAway)).Ends(0).Warns("is as it was before");
            Assert.Equal(2L, await AskAsync(work, "SELECT count(*) FROM a", name));
            (await work.RunAsync("doctor", "--skip-check", Operating.DoctorTests.ThrowAway)).Ends(0).Says("No findings.");
        }
        else
        {
            var again = (await work.RunAsync("restore", file, "--yes", "--no-backup")).Ends(0).Warns("An earlier restore was killed", "That is undone first");
            Assert.Equal(1L, await AskAsync(work, "SELECT count(*) FROM a", name));
            await AskAsync(work, $"DROP DATABASE \"{again.Output.Split('"').First(w => w.StartsWith(name + "_before_", StringComparison.Ordinal))}\"");
        }

        Assert.Equal(0L, await AskAsync(work, $"SELECT count(*) FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE '%{name}'"));
    }

    // A lock on the database itself holds its renaming up, and nothing before that.
    private static async Task KillInTheMiddleAsync(LiveWorkspace work, string file)
    {
        await using var source = NpgsqlDataSource.Create(Server(work));
        await using var holder = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand($"COMMENT ON DATABASE \"{work.Database.Name}\" IS 'held'", holder, transaction))
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var restore = Tool.Start(work.Folder, work.Environment, "restore", file, "--yes", "--no-backup");
        try
        {
            var waiting = $"FROM pg_locks WHERE NOT granted AND locktype = 'object' AND classid = 'pg_database'::regclass AND objid = (SELECT oid FROM pg_database WHERE datname = '{work.Database.Name}')";
            await Wait.UntilAsync(async () => Equals(await AskAsync(work, $"SELECT count(*) {waiting}"), 1L), "the restore does not come so far");
            restore.Kill();
            await restore.WaitForExitAsync(TestContext.Current.CancellationToken);

            // As the server does when it notices; else it would go on with what it was sent.
            await AskAsync(work, $"SELECT pg_terminate_backend(pid) {waiting}");
            await Wait.UntilAsync(async () => Equals(await AskAsync(work, $"SELECT count(*) {waiting}"), 0L), "the restore's session does not end");
        }
        finally
        {
            restore.Kill();
        }
    }

    private static async Task<object?> AskAsync(LiveWorkspace work, string sql, string database = "postgres")
    {
        await using var source = NpgsqlDataSource.Create(Server(work, database));
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    // The restore ends what a pool would keep.
    private static NpgsqlConnectionStringBuilder Server(LiveWorkspace work, string database = "postgres")
    {
        var server = work.Database.Connection();
        (server.Database, server.Pooling) = (database, false);
        return server;
    }
}
