using System.Text.Json;

namespace Sluice.Cli.Tests;

public sealed class DrillTests
{
    private const string Init =
        """
        CREATE TABLE orders (id int PRIMARY KEY, note text);
        CREATE TABLE lines (id int PRIMARY KEY, order_id int REFERENCES orders);
        INSERT INTO orders SELECT g, repeat('x', g % 50) FROM generate_series(1, 2000) g;
        INSERT INTO lines SELECT g, g FROM generate_series(1, 100) g;
        """;

    [Fact]
    public async Task All_scenarios_pass_on_a_good_backup_and_the_report_is_signed()
    {
        await using var work = await BackedUpAsync();
        work.Migration("20250102000000_more", "ALTER TABLE orders ADD COLUMN more int;");

        var run = (await work.RunAsync("drill", "--json")).Ends(0);

        var report = run.Json.GetProperty("drill");
        Assert.Equal(
            [("Restore", "Passed"), ("PointInTime", "Skipped"), ("CorruptedBackup", "Passed"), ("FailedMigration", "Passed"), ("DroppedTable", "Passed"), ("LostServer", "Passed")],
            report.GetProperty("results").EnumerateArray().Select(r => (r.GetProperty("scenario").GetString(), r.GetProperty("verdict").GetString())));
        Assert.Contains("1 pending migrations replayed, 2 applied in all", EvidenceOf(report, "Restore"), StringComparison.Ordinal);
        Assert.Contains("22012", EvidenceOf(report, "FailedMigration"), StringComparison.Ordinal);
        Assert.Contains("public.orders, 2,000 rows, hash as before it was dropped", EvidenceOf(report, "DroppedTable"), StringComparison.Ordinal);
        Assert.Contains("to be made again: ALTER TABLE public.lines", EvidenceOf(report, "DroppedTable"), StringComparison.Ordinal);
        Assert.Contains("; 0 of them are missing on the standby", EvidenceOf(report, "LostServer"), StringComparison.Ordinal);
        Assert.All(report.GetProperty("results").EnumerateArray().Where(r => r.GetProperty("verdict").GetString() == "Passed"), r => Assert.InRange(Rpo(r), 0, 3_600_000));
        run.Warns("[1/6] restore: restoring the backup", "[6/6] lost-server: killing the server");
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(work.Folder, ".sluice"), "drill-*"));
        Assert.Equal(2000L, await work.QueryAsync("SELECT count(*) FROM orders"));

        var path = run.Json.GetProperty("report").GetString()!;
        (await work.RunAsync("drill", "verify", path)).Ends(0).Says("PASSED  lost-server", "The signature is right");
        var json = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        work.Write(path, json.Replace("\"Skipped\"", "\"Passed\"", StringComparison.Ordinal));
        (await work.RunAsync("drill", "verify", path)).Ends(1).Warns("SL5146", "it was changed");
        work.Write(path, json);
        File.AppendAllText(Path.ChangeExtension(path, ".txt"), "and more");
        (await work.RunAsync("drill", "verify", path)).Ends(1).Warns("SL5146", "is not the text of the signed report");
    }

    [Fact]
    public async Task A_corrupted_newest_backup_makes_the_drill_fail_and_say_where()
    {
        await using var work = await BackedUpAsync();
        var file = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Single();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 8;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);

        (await work.RunAsync("drill", "--scenario", "corrupted-backup", "--scenario", "lost-server")).Ends(1)
            .Says("FAILED  restore: SL5104", $"it is damaged between byte 0 and byte {bytes.Length}", "FAILED  corrupted-backup: SL5104", "SKIPPED  lost-server: the backup could not be restored");
    }

    [Fact]
    public async Task A_newer_backup_of_another_server_with_a_database_of_that_name_is_not_taken()
    {
        await using var work = await BackedUpAsync();
        var ours = Directory.GetFiles(Path.Combine(work.Folder, "backups"), "*.dump").Single();
        var theirs = ours.Replace(".dump", "-theirs.dump", StringComparison.Ordinal);
        File.Copy(ours, theirs);
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(ours + ".json", TestContext.Current.CancellationToken))!;
        (manifest["system"], manifest["takenAt"]) = ("1", DateTimeOffset.UtcNow.AddMinutes(1));
        await File.WriteAllTextAsync(theirs + ".json", manifest.ToJsonString(), TestContext.Current.CancellationToken);

        (await work.RunAsync("drill", "--scenario", "corrupted-backup", "--scenario", "restore")).Ends(0).Says($"backup {Path.GetFileName(ours)}, ");
    }

    [Fact]
    public async Task A_missed_objective_fails_although_everything_came_back()
    {
        await using var work = await BackedUpAsync();
        await Task.Delay(1100, TestContext.Current.CancellationToken);
        (await work.RunAsync("drill", "--scenario", "restore", "--rpo", "1s")).Ends(1)
            .Says("FAILED  restore: the newest backup was restored, compared and brought to the newest migration; but more was lost than the objective allows", "over the objective");
    }

    [Theory]
    [InlineData("--scenario flood", "There is no scenario `flood`", "lost-server")]
    [InlineData("--rto soon", "--rto is `soon`", "`15m`")]
    [InlineData("", "There is no backup of the whole database", "sluice backup")]
    [InlineData("verify nowhere.json", "nowhere.json is not there", "SL5146")]
    public async Task What_a_drill_needs_is_told(string options, params string[] expected)
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        (await work.RunAsync(["drill", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).Ends(1).Warns(expected);
    }

    private static async Task<LiveWorkspace> BackedUpAsync()
    {
        var work = await LiveWorkspace.CreateAsync(Workspace.Users, folder: TestCluster.NewFolder().FullName);
        work.Migration("20250101000000_init", Init);
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(0);
        (await work.RunAsync("backup")).Ends(0);
        return work;
    }

    private static long Rpo(JsonElement result) => result.GetProperty("rpoMs") is { ValueKind: JsonValueKind.Number } rpo ? rpo.GetInt64() : 0;

    private static string EvidenceOf(JsonElement report, string scenario) => string.Join(
        '\n', report.GetProperty("results").EnumerateArray().Single(r => r.GetProperty("scenario").GetString() == scenario).GetProperty("evidence").EnumerateArray().Select(e => e.GetString()));
}
