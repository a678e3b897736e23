using Sluice.Auth.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(EveryResponse))]

namespace Sluice.Auth.Tests.Support;

/// <summary>After the last test: every documented response was seen, and every one that was seen is documented. Where tests were left out nothing is said,
/// but for those of timing, which `./test` runs by themselves.</summary>
public sealed class EveryResponse : IDisposable
{
    // Whatever chooses among tests, and not how they are run and shown.
    private static readonly string[] Choices = ["-class", "-method", "-namespace", "-trait", "-filter", "-run", "-id", "-list"];

    public void Dispose()
    {
        var arguments = string.Join(' ', Environment.GetCommandLineArgs().Skip(1)).Replace("-class- *.TimingTests", "", StringComparison.Ordinal);
        if (arguments.Split(' ').Any(a => Choices.Any(c => a.StartsWith(c, StringComparison.OrdinalIgnoreCase))))
        {
            return;
        }

        var problems = Responses.Problems();
        Assert.True(problems.Count == 0, $"{problems.Count} responses:\n{string.Join('\n', problems)}");
    }
}
