using Sluice.Fuzzer;
using Xunit;

namespace Sluice.Postgres.Tests.Proving;

public sealed class WaysBackTests(ITestOutputHelper output)
{
    private const int Pairs = 24;

    /// <summary>More of them: `tests/Fuzzer/fuzz --kind down --count 1000`.</summary>
    [Theory, InlineData(true, false), InlineData(false, false), InlineData(true, true)]
    public async Task Random_edits_are_taken_back_with_their_rows(bool keepData, bool online)
    {
        await using var ways = await WaysBack.CreateAsync();
        for (var number = 0; number < Pairs; number++)
        {
            var wrong = await ways.TryAsync(3, number, keepData, online);
            Assert.True(wrong is null, wrong);
        }

        output.WriteLine($"{ways.Tried} of {Pairs} pairs tried with {ways.Rows} rows, {ways.Irreversible} declared irreversible");
        Assert.True(ways is { Tried: > Pairs / 4, Rows: > 20 });
    }
}
