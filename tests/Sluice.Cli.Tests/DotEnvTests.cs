using Sluice.Cli.Projects;

namespace Sluice.Cli.Tests;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("  export A = b  ", "b")]
    [InlineData("A=\"b # c\" # d", "b # c")]
    [InlineData("A='b${HOME}'", "b${HOME}")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=b #c", "b")]
    [InlineData("A=", "")]
    [InlineData("A=\"x\\ny\"", "x\ny")]
    [InlineData("A=\"first\nsecond\"", "first\nsecond")]
    [InlineData("X=1\nA=${X}2", "12")]
    [InlineData("X=1\nA=\"$X-${MISSING}-\\$X\"", "1--$X")]
    [InlineData("A=${OUTER}", "from outside")]
    [InlineData("# A=no\nnot a line\nA=yes\r\nB=2", "yes")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("A=\"unclosed", "\"unclosed")]
    [InlineData("A=pa$$word", "pa$$word")]
    public void A_line_is_read_as_other_readers_do(string text, string value) =>
        Assert.Equal(value, DotEnv.Read(text, n => n == "OUTER" ? "from outside" : null)["A"]);

    [Fact]
    public async Task The_environment_wins_over_the_file()
    {
        using var work = new Workspace("");
        work.Write(".env", "DATABASE_URL=postgresql://x@127.0.0.1:9/from_file\nDB_MAX_RETRIES=0\n");
        (await work.RunAsync("migrate", "status")).Ends(1).Warns("\"from_file\"");
        work.Environment["DATABASE_URL"] = "postgresql://x@127.0.0.1:9/from_environment";
        (await work.RunAsync("migrate", "status")).Ends(1).Warns("\"from_environment\"");
    }
}
