using System.Security.Cryptography;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Backup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EnvelopeTests : IDisposable
{
    private const int Header = 48;
    private const int Sealed = Envelope.Chunk + 16;

    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("sluice-envelope-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Plain => Path.Combine(folder.FullName, "plain");

    private string Closed => Path.Combine(folder.FullName, "sealed");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Envelope.Chunk)]
    [InlineData(Envelope.Chunk * 2 + 5)]
    public async Task What_was_put_in_comes_out(int size)
    {
        var bytes = await SealAsync(size);
        Assert.Equal(bytes, await OpenAsync(NewKey("a"), "toc.dat"));
        Assert.Equal(Header + Math.Max(1, (size + Envelope.Chunk - 1) / Envelope.Chunk) * 16 + size, new FileInfo(Closed).Length);
    }

    [Fact]
    public async Task The_same_bytes_never_look_the_same_twice()
    {
        await SealAsync(100);
        var first = await File.ReadAllBytesAsync(Closed, Stop);
        await SealAsync(100);
        Assert.NotEqual(first, await File.ReadAllBytesAsync(Closed, Stop));
    }

    [Theory]
    [InlineData(0, "does not begin as an encrypted backup")]
    [InlineData(20, "between byte 48 and byte 65600, or was encrypted with another key")]
    [InlineData(Header + 5, "between byte 48 and byte 65600")]
    [InlineData(Header + Sealed + 7, "between byte 65600 and byte 131152, or parts of it were moved")]
    [InlineData(Header + 2 * Sealed - 1, "between byte 65600 and byte 131152")]
    [InlineData(Header + 3 * Sealed + 3, "between byte 196704 and byte 196820")]
    public async Task A_flipped_bit_is_found_and_its_place_told(int at, string place)
    {
        await SealAsync(3 * Envelope.Chunk + 100);
        await ChangeAsync(bytes => bytes[at] ^= 1);
        await RefusedAsync(place);
    }

    [Theory]
    [InlineData(Header + 2 * Sealed, "its end is missing, after byte 131152")]
    [InlineData(Header + 2 * Sealed + 10, "its end is missing, after byte 131162")]
    [InlineData(Header + 2 * Sealed + 1000, "between byte 131152 and byte 132152")]
    [InlineData(Header, "its end is missing, after byte 48")]
    [InlineData(Header - 1, "does not begin as an encrypted backup")]
    public async Task A_missing_end_is_found(int length, string place)
    {
        await SealAsync(3 * Envelope.Chunk + 100);
        await File.WriteAllBytesAsync(Closed, (await File.ReadAllBytesAsync(Closed, Stop))[..length], Stop);
        await RefusedAsync(place);
    }

    [Fact]
    public async Task Chunks_in_another_order_are_found()
    {
        await SealAsync(4 * Envelope.Chunk);
        await ChangeAsync(bytes =>
        {
            var second = bytes[(Header + Sealed)..(Header + 2 * Sealed)];
            bytes.AsSpan(Header + 2 * Sealed, Sealed).CopyTo(bytes.AsSpan(Header + Sealed));
            second.CopyTo(bytes.AsSpan(Header + 2 * Sealed));
        });
        await RefusedAsync("between byte 65600 and byte 131152, or parts of it were moved");
    }

    [Fact]
    public async Task What_was_added_is_found()
    {
        await SealAsync(Envelope.Chunk);
        await File.AppendAllBytesAsync(Closed, new byte[20], Stop);
        await RefusedAsync("added to it after byte 65600");
    }

    [Fact]
    public async Task Another_key_and_another_file_of_the_folder_do_not_open_it()
    {
        await SealAsync(10);
        await RefusedAsync("another key", NewKey("b"));
        await RefusedAsync("another part", NewKey("a"), "1234.dat.gz");
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_refused()
    {
        var path = Path.Combine(folder.FullName, "open.key");
        await File.WriteAllTextAsync(path, new string('a', 64), Stop);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Refuses(path, "read or written by others", "chmod 600");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a password")]
    [InlineData("c2hvcnQ=")]
    public void What_is_no_key_is_refused(string text)
    {
        var path = WriteKey("odd.key", text);
        Refuses(path, "32 bytes are expected", "openssl rand -hex 32");
        Refuses(path + ".none", "is not there", "openssl rand -hex 32");
    }

    [Fact]
    public void A_key_may_be_written_in_base64_too()
    {
        var bytes = SHA256.HashData([1]);
        var hex = BackupKey.Read(WriteKey("hex.key", Convert.ToHexString(bytes) + "\n"));
        Assert.Equal(hex.Id, BackupKey.Read(WriteKey("base64.key", Convert.ToBase64String(bytes) + "\n")).Id);
        Assert.DoesNotContain(hex.Id, Convert.ToHexStringLower(bytes), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static void Refuses(string path, string what, string remedy)
    {
        var problem = Assert.Throws<ProblemException>(() => BackupKey.Read(path)).Problem;
        Assert.Equal("SL5111", problem.Code);
        Assert.Contains(what, problem.Message, StringComparison.Ordinal);
        Assert.Contains(problem.Remedies, r => r.Contains(remedy, StringComparison.Ordinal));
    }

    private async Task<byte[]> SealAsync(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(Plain, bytes, Stop);
        await Envelope.SealAsync(Plain, Closed, NewKey("a"), "toc.dat", Stop);
        return bytes;
    }

    private async Task<byte[]> OpenAsync(BackupKey key, string label)
    {
        using var into = new MemoryStream();
        await Envelope.OpenAsync(Closed, into, key, label, Stop);
        return into.ToArray();
    }

    private async Task ChangeAsync(Action<byte[]> change)
    {
        var bytes = await File.ReadAllBytesAsync(Closed, Stop);
        change(bytes);
        await File.WriteAllBytesAsync(Closed, bytes, Stop);
    }

    private async Task RefusedAsync(string place, BackupKey? key = null, string label = "toc.dat")
    {
        var problem = await Workbench.FailAsync(() => OpenAsync(key ?? NewKey("a"), label));
        Assert.Equal("SL5104", problem.Code);
        Assert.Contains(place, problem.Message, StringComparison.Ordinal);
    }

    private BackupKey NewKey(string name)
    {
        var path = Path.Combine(folder.FullName, name + ".key");
        BackupBench.WriteKey(path, Convert.ToHexString(SHA256.HashData([(byte)name[0]])));
        return BackupKey.Read(path);
    }

    private string WriteKey(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        BackupBench.WriteKey(path, text);
        return path;
    }
}
