using Microsoft.Extensions.Options;
using Sluice.Auth.Passwords;
using Sluice.Auth.Settings;
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
        var hashing = HashAsync();

        while (!Directory.GetDirectories("/proc/self/task").Any(IsNice))
        {
            Assert.False(hashing.IsCompleted, "no thread stood back");
            await Task.Yield();
        }

        await hashing;

        async Task HashAsync()
        {
            for (var i = 0; i < 50; i++)
            {
                await gate.MakeAsync("a quiet evening", CancellationToken.None);
            }
        }

        // proc(5): field 19 is the niceness; the name, field 2, stands in brackets.
        static bool IsNice(string thread)
        {
            try
            {
                return File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1].Split(' ')[16] == $"{HashingGate.Niceness}";
            }
            catch (IOException)
            {
                // It has ended since it was listed.
                return false;
            }
        }
    }
}
