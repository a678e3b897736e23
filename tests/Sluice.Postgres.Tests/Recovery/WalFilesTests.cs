using Sluice.Postgres.Recovery;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Recovery;

public sealed class WalFilesTests : IDisposable
{
    private readonly DirectoryInfo home = TestCluster.NewFolder();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => home.Delete(recursive: true);

    [Fact]
    public async Task A_part_of_a_WAL_file_counts_as_far_as_it_reaches_and_one_that_was_not_filled_goes()
    {
        var (wal, own) = (System.IO.Directory.CreateDirectory(Path.Combine(home.FullName, "wal")).FullName, System.IO.Directory.CreateDirectory(Path.Combine(home.FullName, "own")).FullName);
        const string First = "000000010000000000000002";
        const string Second = "000000010000000000000003";
        await WriteAsync(own, First, reach: 900_000);
        await WriteAsync(wal, First + ".partial", reach: 300_000);
        await WriteAsync(own, Second, reach: 10);
        await WriteAsync(wal, Second + ".partial", reach: 20);

        Assert.Null(await WalFiles.CopyAsync(wal, First, own, null, Stop));

        Assert.Equal((1, 0, 1), ((await File.ReadAllBytesAsync(Path.Combine(own, First), Stop))[899_999], (await File.ReadAllBytesAsync(Path.Combine(own, First), Stop))[900_000], (await File.ReadAllBytesAsync(Path.Combine(own, Second), Stop))[19]));
        await File.WriteAllBytesAsync(Path.Combine(wal, "000000010000000000000004.partial"), new byte[4096], Stop);
        WalFiles.DropUnfilled(wal, 1 << 20);
        Assert.Equal(2, System.IO.Directory.GetFiles(wal).Length);

        static Task WriteAsync(string folder, string name, int reach)
        {
            var bytes = new byte[1 << 20];
            bytes.AsSpan(0, reach).Fill(1);
            return File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, Stop);
        }
    }
}
