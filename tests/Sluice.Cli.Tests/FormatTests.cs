namespace Sluice.Cli.Tests;

public sealed class FormatTests
{
    private const string Loose = "model  User {\n id Int @id\n   email    String\n}\n";

    [Fact]
    public async Task A_schema_is_formatted_in_place_and_then_left_alone()
    {
        using var work = new Workspace(Loose);
        (await work.RunAsync("format")).Ends(0).Says("Formatted schema.prisma");
        Assert.EndsWith("model User {\n  id    Int    @id\n  email String\n}\n", work["schema.prisma"], StringComparison.Ordinal);
        (await work.RunAsync("format")).Ends(0).Says("All files are formatted correctly!");
    }

    [Fact]
    public async Task Check_changes_nothing_and_exits_1()
    {
        using var work = new Workspace(Loose);
        var before = work["schema.prisma"];
        (await work.RunAsync("format", "--check")).Ends(1).Says("schema.prisma", "There are unformatted files.");
        Assert.Equal(before, work["schema.prisma"]);
        var json = (await work.RunAsync("format", "--check", "--json")).Ends(1).Json;
        Assert.Equal("attention", json.GetProperty("outcome").GetString());
        Assert.Equal("schema.prisma", json.GetProperty("changed")[0].GetString());
    }

    [Fact]
    public async Task Stdout_prints_the_text_and_nothing_else()
    {
        using var work = new Workspace();
        work.Write("x.prisma", Loose);
        var run = (await work.RunAsync("format", "--stdout", "--schema", "x.prisma")).Ends(0);
        Assert.Equal("model User {\n  id    Int    @id\n  email String\n}\n", run.Output);
        Assert.Equal(Loose, work["x.prisma"]);
    }

    [Fact]
    public async Task An_invalid_schema_is_not_written()
    {
        using var work = new Workspace("model  User {\n id Int @id\n   a    Foo\n}\n");
        var before = work["schema.prisma"];
        (await work.RunAsync("format")).Ends(1).Warns("schema.prisma:8:", "nothing was formatted");
        Assert.Equal(before, work["schema.prisma"]);
    }
}
