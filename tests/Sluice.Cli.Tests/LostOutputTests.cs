namespace Sluice.Cli.Tests;

public sealed class LostOutputTests
{
    [Theory]
    [InlineData("validate >/dev/full", 1, "cannot be written to standard output")]
    [InlineData("validate --json >/dev/full", 1, "cannot be written to standard output")]
    [InlineData("migrate nothing --json >/dev/full", 1, "There is no command")]
    [InlineData("validate --schema nowhere --json >/dev/full", 1, "There is no schema at nowhere")]
    [InlineData("validate >&-", 1, "cannot be written to standard output: it is closed.")]
    [InlineData("validate 2>&-", 0, "")]
    [InlineData("validate --schema nowhere 2>&-", 1, "")]
    [InlineData("validate --schema nowhere 2>/dev/full", 1, "")]
    [InlineData("validate >&- 2>&-", 1, "")]
    [InlineData("validate | true", 0, "")]
    public async Task Closed_or_full_output_is_an_error_and_no_crash(string commandLine, int exitCode, string message)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "no /dev/full here");
        using var work = new Workspace(Workspace.Users);
        var run = (await work.InShellAsync(commandLine)).Ends(exitCode).Warns(message);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
