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
}
