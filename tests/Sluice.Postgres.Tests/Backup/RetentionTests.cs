using Sluice.Postgres.Backup;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_newest_stay_and_the_others_go_with_their_manifests() =>
        Assert.Equal(["d3", "d30"], await RemovedAsync(new RetentionPolicy(2, null)));

    [Fact]
    public async Task What_is_older_than_allowed_goes() =>
        Assert.Equal(["d30"], await RemovedAsync(new RetentionPolicy(null, TimeSpan.FromDays(7))));

    [Fact]
    public async Task The_newest_stays_however_old_it_is() =>
        Assert.Equal(["d1", "d3", "d30"], await RemovedAsync(new RetentionPolicy(null, TimeSpan.FromMinutes(1))));

    [Fact]
    public async Task Without_a_policy_everything_stays() => Assert.Empty(await RemovedAsync(RetentionPolicy.KeepAll));

    [Fact]
    public async Task Days_weeks_and_months_keep_their_newest_and_the_rest_goes() =>

        // Saturday 31 January, with 0, 1, 3 and 30 days: Friday, Wednesday, and 1 January, which is in the same month.
        Assert.Equal(["d3", "d30"], await RemovedAsync(RetentionPolicy.KeepAll with { Daily = 2 }));

    [Theory]
    [InlineData(0, 2, 0, "d1", "d3")]
    [InlineData(0, 0, 12, "d1", "d3", "d30")]
    [InlineData(1, 1, 1, "d1", "d3", "d30")]
    [InlineData(3, 0, 0, "d30")]
    public async Task A_period_without_a_backup_takes_nobodys_place(int daily, int weekly, int monthly, params string[] removed) =>
        Assert.Equal(removed, await RemovedAsync(RetentionPolicy.KeepAll with { Daily = daily, Weekly = weekly, Monthly = monthly }));

    [Fact]
    public async Task What_a_week_keeps_stays_although_count_and_age_would_let_it_go() =>
        Assert.Equal(["d3"], await RemovedAsync(new RetentionPolicy(2, TimeSpan.FromDays(2)) { Weekly = 2 }));

    [Fact]
    public async Task Other_servers_and_other_tables_are_counted_apart_and_the_one_just_taken_stays()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sluice-keep-");
        try
        {
            async Task<string> WriteAsync(string name, BackupManifest manifest)
            {
                var archive = Path.Combine(folder.FullName, name + ".dump");
                await File.WriteAllTextAsync(archive, name, TestContext.Current.CancellationToken);
                await manifest.WriteAsync(archive, TestContext.Current.CancellationToken);
                return archive;
            }

            await WriteAsync("ours", Manifest("shop", Now.AddDays(-2), true) with { System = "1" });
            await WriteAsync("theirs", Manifest("shop", Now.AddDays(-1), true) with { System = "2" });
            await WriteAsync("users", Manifest("shop", Now.AddDays(-2), false) with { System = "1", Tables = [new TableRows("public", "users", 1, "")] });
            await WriteAsync("logs", Manifest("shop", Now.AddDays(-1), false) with { System = "1", Tables = [new TableRows("public", "logs", 1, "")] });
            Assert.Empty(Retention.Apply(folder.FullName, "shop", new RetentionPolicy(1, null), Now));

            // The clock went back since the last one.
            var taken = await WriteAsync("taken", Manifest("shop", Now.AddDays(-3), true) with { System = "1" });
            Assert.Empty(Retention.Apply(folder.FullName, "shop", new RetentionPolicy(1, null), Now, taken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Of one database, 0, 1, 3 and 30 days old; beside them another database's, one of a table only, and a file that is no manifest.
    private static async Task<IEnumerable<string>> RemovedAsync(RetentionPolicy policy)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sluice-keep-");
        try
        {
            foreach (var (name, database, days, whole) in new[]
            {
                ("d0", "shop", 0, true), ("d1", "shop", 1, true), ("d3", "shop", 3, true), ("d30", "shop", 30, true), ("else", "other", 90, true), ("table", "shop", 80, false),
            })
            {
                var archive = Path.Combine(folder.FullName, name + ".dump");
                await File.WriteAllTextAsync(archive, name, TestContext.Current.CancellationToken);
                await Manifest(database, Now.AddDays(-days), whole).WriteAsync(archive, TestContext.Current.CancellationToken);
            }

            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "odd.dump.json"), "{}", TestContext.Current.CancellationToken);
            var removed = Retention.Apply(folder.FullName, "shop", policy, Now);
            Assert.All(removed, path => Assert.False(File.Exists(path) || File.Exists(BackupManifest.PathFor(path))));
            Assert.True(File.Exists(Path.Combine(folder.FullName, "d0.dump")) && File.Exists(Path.Combine(folder.FullName, "odd.dump.json")));
            return [.. removed.Select(p => Path.GetFileNameWithoutExtension(p)!)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static BackupManifest Manifest(string database, DateTimeOffset taken, bool whole) => new()
    {
        Database = database,
        Server = "here:5432",
        TakenAt = taken,
        DurationMs = 1,
        ProofMs = 1,
        ServerVersion = "15.1",
        ToolVersion = "15.1",
        SchemaVersion = null,
        Format = ArchiveFormat.Custom,
        Whole = whole,
        Traits = new DatabaseTraits("UTF8", "C", "C", "c", null),
        CatalogHash = "",
        Tables = [],
        Sha256 = "",
        Bytes = 0,
    };
}
