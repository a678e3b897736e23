using System.Globalization;
using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests.Passwords;

public sealed class HashingGateTests
{
    [Fact]
    public async Task Bar_09_never_more_at_once_than_allowed_and_the_queue_has_an_end()
    {
        var options = new SluiceAuthOptions { Passwords = { ParallelHashes = 2, WaitingHashes = 20, Argon2MemoryKiB = 8192 } };
        using var gate = new HashingGate(Options.Create(options));

        var hashes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => gate.MakeAsync("a quiet evening", CancellationToken.None)));

        Assert.InRange(hashes.Count(h => h is not null), 22, 199);
        Assert.InRange(hashes.Count(h => h is null), 1, 178);
        Assert.InRange(gate.MostAtOnce, 1, 2);
        Assert.NotNull(await gate.MakeAsync("a quiet evening", CancellationToken.None));
    }

    [Fact]
    public async Task Bar_09_hashes_stand_back_behind_everything_else_that_the_process_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads have no priority of their own here");
        using var gate = new HashingGate(Options.Create(new SluiceAuthOptions()));
        var isSeen = false;
        var hashing = HashAsync();

        await Wait.UntilAsync(() => isSeen = hashing.IsFaulted || Directory.GetDirectories("/proc/self/task").Any(IsNice), "no thread stands back");

        await hashing;

        async Task HashAsync()
        {
            while (!Volatile.Read(ref isSeen))
            {
                await gate.MakeAsync("a quiet evening", CancellationToken.None);
            }
        }

        static bool IsNice(string thread)
        {
            try
            {
                return NicenessOf(thread) == HashingThreads.Niceness;
            }
            catch (IOException)
            {
                // It has ended since it was listed.
                return false;
            }
        }
    }

    // A thread is as nice as the one that made it: a pool that once grew on behalf of a hash would stand back for good, and with it every program that is started there.
    [Fact]
    public async Task Bar_09_what_comes_after_a_hash_does_not_stand_back()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads have no priority of their own here");
        using var gate = new HashingGate(Options.Create(new SluiceAuthOptions { Passwords = { Argon2MemoryKiB = 8192 } }));
        var own = NicenessOf("/proc/self");
        for (var i = 0; i < 20; i++)
        {
            await gate.MakeAsync("a quiet evening", CancellationToken.None);
            Assert.Equal(own, NicenessOf("/proc/thread-self"));
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => NicenessOf("/proc/thread-self")))), niceness => Assert.Equal(own, niceness));
        }
    }

    [Fact]
    public async Task Threads_stay_from_hash_to_hash_and_end_with_their_gate()
    {
        var threads = new HashingThreads(1);

        var first = await threads.RunAsync(() => Thread.CurrentThread);
        var second = await threads.RunAsync(() => Thread.CurrentThread);
        await Assert.ThrowsAsync<FormatException>(() => threads.RunAsync(() => int.Parse("no number", CultureInfo.InvariantCulture)));
        var third = await threads.RunAsync(() => Thread.CurrentThread);
        threads.Dispose();

        Assert.Same(first, second);
        Assert.Same(first, third);
        Assert.True(first.Join(TimeSpan.FromMinutes(1)));
    }

    // proc(5): field 19 is the niceness; the name, field 2, stands in brackets.
    private static int NicenessOf(string thread) => int.Parse(File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1].Split(' ')[16], CultureInfo.InvariantCulture);
}
