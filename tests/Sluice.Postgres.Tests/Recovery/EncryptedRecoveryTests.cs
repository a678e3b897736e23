using Sluice.Postgres.Recovery;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

/// <summary>Base backups and WAL hold every row of a server; encrypted, they show none, and nobody can change what comes back.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EncryptedRecoveryTests
{
    private const string Secret = "a word nobody reads";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_base_backup_shows_nothing_and_opens_whole_with_its_key_alone()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        await bench.ExecuteAsync($"INSERT INTO orders (note) VALUES ('{Secret}'); CHECKPOINT");
        Assert.Contains(await bench.BaseAsync(null), f => Holds(f, Secret));
        var files = await bench.BaseAsync(bench.Key('a'));
        Assert.All(files, f => Assert.Equal("SLUICE-BACKUP-1\n"u8.ToArray(), File.ReadAllBytes(f)[..16]));
        Assert.All(files, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        var latest = bench.Request(new RecoveryTarget.Latest());
        Assert.Contains("--key-file", (await bench.RefusedAsync(latest, "SL5111")).Remedies[0], StringComparison.Ordinal);
        Assert.Contains(bench.Key('b').Id, (await bench.RefusedAsync(latest with { Key = bench.Key('b') }, "SL5111")).Message, StringComparison.Ordinal);
        Assert.Equal(1, await bench.OrdersAsync(latest with { Key = bench.Key('a') }));

        // One that is not encrypted could be anybody's.
        await bench.BaseAsync(null);
        latest = latest with { Key = bench.Key('a') };
        Assert.Contains("--unencrypted", (await bench.RefusedAsync(latest, "SL5111")).Remedies[0], StringComparison.Ordinal);
        Assert.Equal(1, await bench.OrdersAsync(latest with { AllowsUnencrypted = true }));
    }

    [Fact]
    public async Task A_file_that_is_missing_was_changed_or_is_of_another_base_backup_is_refused()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        var older = (await bench.BaseAsync(bench.Key('a'))).Single(IsOwnVersion);
        var newer = (await bench.BaseAsync(bench.Key('a'))).Single(IsOwnVersion);
        var latest = bench.Request(new RecoveryTarget.Latest(), bench.Key('a'));

        File.Copy(older, newer, overwrite: true);
        Assert.Contains("is another part", (await bench.RefusedAsync(latest, "SL5104")).Message, StringComparison.Ordinal);
        File.Delete(newer);
        Assert.Contains("files of it are missing", (await bench.RefusedAsync(latest, "SL5104")).Message, StringComparison.Ordinal);
        var manifest = Path.GetDirectoryName(newer) + ".json";
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest, Stop)).Replace("\"bytes\": ", "\"bytes\": 1", StringComparison.Ordinal), Stop);
        Assert.Contains("its manifest was changed", (await bench.RefusedAsync(latest, "SL5104")).Message, StringComparison.Ordinal);
    }

    // Databases have one, too, further down.
    private static bool IsOwnVersion(string file) => Path.GetFileName(file) == "PG_VERSION" && File.Exists(Path.GetDirectoryName(file) + ".json");

    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}
