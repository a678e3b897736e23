using System.Text.RegularExpressions;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Auth.Tests;

/// <summary>docs/auth-operation.md has a row for every command that there is.</summary>
public sealed partial class OperationPageTests
{
    [Fact]
    public void Every_command_is_on_the_page()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/auth-operation.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var commands = AuthCommands.Usage.Split('\n').Select(l => Command().Match(l).Value).Where(c => c.Length > 0).ToList();

        Assert.Contains("keys rotate", commands);
        Assert.DoesNotContain(commands, c => !rows.Exists(r => r.Contains($"`{c}", StringComparison.Ordinal)));
    }

    [GeneratedRegex("^[a-z-]+( [a-z]+)?")]
    private static partial Regex Command();
}
