using System.Globalization;
using Npgsql;

namespace Sluice.Cli.Tests.Operating;

public sealed class DoctorKillTests
{
    [Fact]
    public async Task A_session_is_shown_asked_about_ended_and_written_down()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: "CREATE TABLE t (id int)");
        await using var other = await IdleAsync(work.Database.Connection(), "forgetful", "BEGIN; LOCK TABLE t /* password='hunter22' card 4111 */");
        var pid = other.ProcessID.ToString(CultureInfo.InvariantCulture);
        (await work.RunAsync("doctor", "--kill", pid, "--dry-run")).Ends(0).Says($"pid {pid} (user postgres, forgetful, from 127.0.0.1", "idle in transaction", "LOCK TABLE t", "Dry run");
        (await work.RunAsync("doctor", "--kill", pid)).Ends(1).Says("forgetful").Warns("There is no terminal to ask on; nothing was changed.", $"sluice doctor --kill {pid} --yes");
        Assert.Equal(1L, await work.QueryAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"));

        var ended = (await work.RunAsync("doctor", "--kill", pid, "--yes")).Ends(0).Says($"Session {pid} has ended.");
        Assert.DoesNotContain("hunter22", ended.ToString(), StringComparison.Ordinal);
        Assert.Equal(0L, await work.QueryAsync($"SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}"));
        Assert.Equal(1L, await work.QueryAsync($"SELECT count(*) FROM sluice.runs JOIN sluice.statements s ON run = runs.id WHERE command = 'doctor' AND note LIKE 'ended pid {pid} (user postgres, forgetful%' AND note NOT LIKE '%4111%'"));
        var logs = Directory.GetFiles(Path.Combine(work.Folder, "logs"), "migration_2*.log").Select(File.ReadAllText).ToList();
        Assert.Contains(logs, l => l.Contains("\"session_ended\"", StringComparison.Ordinal));
        (await work.RunAsync("doctor", "--kill", pid, "--yes")).Ends(1).Warns("SL5150", "there is no such session");
    }

    [Fact]
    public async Task A_session_of_the_server_of_another_database_or_beyond_ones_rights_is_refused()
    {
        await using var work = await LiveWorkspace.CreateAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var there = await IdleAsync(elsewhere.Connection(), "elsewhere", "SELECT 1");
        await using var super = await IdleAsync(work.Database.Connection(), "super", "SELECT 1");
        var role = "r_" + Guid.NewGuid().ToString("N");
        await work.Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; CREATE ROLE {role}_b LOGIN PASSWORD 'x'");
        var mine = work.Database.Connection();
        (mine.Username, mine.Password) = (role + "_b", "x");
        await using var colleague = await IdleAsync(mine, "colleague", "SELECT 1");

        await RefusesAsync(await work.QueryAsync("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"), "it is no client's session, but checkpointer");
        await RefusesAsync(there.ProcessID, $"it is one of database {elsewhere.Name}");
        work.Environment["DATABASE_URL"] = new UriBuilder(work.Database.Url) { UserName = role, Password = "x" }.Uri.ToString();
        await RefusesAsync(super.ProcessID, "it is the superuser postgres's, which only a superuser may end");
        await RefusesAsync(colleague.ProcessID, $"it is {role}_b's, and this user may end its own sessions alone", "GRANT pg_signal_backend");

        // Without knowing when it began, its number may be another's by the time that it is ended.
        await work.Database.ExecuteAsync($"GRANT pg_signal_backend TO {role}");
        await RefusesAsync(colleague.ProcessID, "when it began is hidden from this user", "GRANT pg_read_all_stats");
        (await work.RunAsync("doctor", "--kill", "1", "--fix")).Ends(1).Warns("two things");

        await colleague.DisposeAsync();
        await work.Database.ExecuteAsync($"DROP ROLE {role}; DROP ROLE {role}_b");

        async Task RefusesAsync(object? pid, params string[] why) =>
            (await work.RunAsync("doctor", "--kill", Convert.ToString(pid, CultureInfo.InvariantCulture)!, "--yes")).Ends(1).Warns(["SL5150", .. why]);
    }

    private static async Task<NpgsqlConnection> IdleAsync(NpgsqlConnectionStringBuilder address, string application, string sql)
    {
        (address.ApplicationName, address.Pooling) = (application, false);
        var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
