using Sluice.Postgres.Recovery;
using Sluice.Tests.Support;
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

    [Fact]
    public async Task WAL_is_encrypted_once_the_next_file_has_begun_and_replayed_with_its_key_alone()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        await bench.BaseAsync(bench.Key('a'));
        await WriteAsync(bench, Secret);
        await WriteAsync(bench, "while it was stopped");
        var latest = bench.Request(new RecoveryTarget.Latest(), bench.Key('a'));
        Assert.Equal(4, await bench.OrdersAsync(latest));
        Assert.Contains("--key-file", (await bench.RefusedAsync(latest with { Key = null }, "SL5111")).Remedies[0], StringComparison.Ordinal);

        // The files that are over show nothing; by the one that is being written the receiver knows where it goes on.
        var closed = System.IO.Directory.GetFiles(bench.Wal, "*.sealed").Order(StringComparer.Ordinal).ToList();
        Assert.True(closed.Count >= 2, string.Join('\n', System.IO.Directory.GetFiles(bench.Wal)));
        Assert.All(closed, f => Assert.False(Holds(f, Secret)));
        Assert.All(closed, f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
        Assert.All(Open(bench), f => Assert.True(string.CompareOrdinal(f, Path.GetFileName(closed[^1])) > 0));
        Assert.InRange(Open(bench).Count, 1, 2);

        var bytes = await File.ReadAllBytesAsync(closed[^1], Stop);
        bytes[70_000] ^= 1;
        await File.WriteAllBytesAsync(closed[^1], bytes, Stop);
        Assert.Contains("it is damaged between byte 65600 and byte", (await bench.RefusedAsync(latest, "SL5104")).Message, StringComparison.Ordinal);

        // One that somebody put in its place is not encrypted.
        File.Delete(closed[^1]);
        await File.WriteAllBytesAsync(Path.ChangeExtension(closed[^1], null), new byte[16 << 20], Stop);
        Assert.Contains("is not encrypted", (await bench.RefusedAsync(latest, "SL5111")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WAL_of_before_there_was_a_key_is_encrypted_when_it_is_received_with_one()
    {
        await using var bench = await RecoveryBench.OpenAsync();
        await bench.BaseAsync(bench.Key('a'));
        await WriteAsync(bench, Secret, encrypted: false);
        var latest = bench.Request(new RecoveryTarget.Latest(), bench.Key('a'));
        Assert.Contains((await bench.RefusedAsync(latest, "SL5111")).Remedies, r => r.Contains("--unencrypted", StringComparison.Ordinal));
        Assert.Equal(2, await bench.OrdersAsync(latest with { AllowsUnencrypted = true }));
        Assert.InRange(await WalFiles.SealAsync(bench.Wal, bench.Key('a'), Stop), 1, 3);
        Assert.Equal(0, await WalFiles.SealAsync(bench.Wal, bench.Key('a'), Stop));
        Assert.Equal(2, await bench.OrdersAsync(latest));
    }

    // Two rows in a WAL file of their own, received; what is over of it encrypted.
    private static async Task WriteAsync(RecoveryBench bench, string note, bool encrypted = true)
    {
        await using var receiving = await bench.ReceiveAsync(encrypted ? bench.Key('a') : null);
        await bench.ExecuteAsync($"INSERT INTO orders (note) VALUES ('{note}')");
        await bench.ExecuteAsync("SELECT pg_switch_wal()");
        await bench.ExecuteAsync($"INSERT INTO orders (note) VALUES ('{note}')");
        await receiving.CatchUpAsync();
        await Wait.UntilAsync(() => !encrypted || WalFiles.Unsealed(bench.Wal, new string('0', 24)).IsEmpty, "WAL is not encrypted");
        Assert.Empty(receiving.Events.OfType<WalEvent.Gap>());
    }

    private static List<string> Open(RecoveryBench bench) =>
        [.. System.IO.Directory.GetFiles(bench.Wal, "0*").Select(f => Path.GetFileName(f)).Where(f => !f.EndsWith(".sealed", StringComparison.Ordinal))];

    // Databases have one, too, further down.
    private static bool IsOwnVersion(string file) => Path.GetFileName(file) == "PG_VERSION" && File.Exists(Path.GetDirectoryName(file) + ".json");

    private static bool Holds(string file, string text) => File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;
}
