namespace Sluice.Cli.Tests;

public sealed class GenerateTests
{
    private const string Generator = """
        generator efcore {
          provider    = "sluice-efcore"
          output      = "Code"
          namespace   = "Shop.Data"
          contextName = "ShopContext"
        }


        """;

    [Fact]
    public async Task What_has_not_changed_is_not_touched_and_check_says_whether_anything_would_be()
    {
        using var work = new Workspace(Generator + Workspace.Users);
        (await work.RunAsync("generate", "--check")).Ends(1).Says("User.cs", "Run `sluice generate`");
        var first = (await work.RunAsync("generate", "--json")).Ends(0).Json;
        Assert.Equal(3, first.GetProperty("written").GetArrayLength());
        var times = Times(work);
        var second = (await work.RunAsync("generate", "--json")).Ends(0).Json;
        Assert.Equal((0, 3), (second.GetProperty("written").GetArrayLength(), second.GetProperty("unchanged").GetInt32()));
        Assert.Equal(times, Times(work));
        (await work.RunAsync("generate", "--check")).Ends(0).Says("up to date");
        work.Write("Code/User.cs", work["Code/User.cs"] + "// edited\n");
        (await work.RunAsync("generate", "--check")).Ends(1).Says("User.cs");
    }

    [Fact]
    public async Task Files_of_models_that_are_gone_are_removed_and_those_of_others_stay()
    {
        using var work = new Workspace(Generator + Workspace.Users + "model Post {\n  id Int @id\n}\n");
        (await work.RunAsync("generate")).Ends(0);
        work.Write("Code/Post.Own.cs", "// mine\n");
        work.Schema(Generator + Workspace.Users);
        (await work.RunAsync("generate")).Ends(0).Says("removed 1");
        Assert.Equal(["Post.Own.cs", "ShopContext.Services.cs", "ShopContext.cs", "User.cs"], Files(work));
        Assert.Equal("// mine\n", work["Code/Post.Own.cs"]);
    }

    [Fact]
    public async Task A_file_that_somebody_wrote_is_never_replaced()
    {
        using var work = new Workspace(Generator + Workspace.Users);
        work.Write("Code/User.cs", "// mine\n");
        (await work.RunAsync("generate")).Ends(1).Warns("Code/User.cs was not made by `sluice generate`", "SL6002", "`output` in the generator block");
        Assert.Equal(["User.cs"], Files(work));
        Assert.Equal("// mine\n", work["Code/User.cs"]);
    }

    [Fact]
    public async Task Two_writers_at_once_leave_whole_files()
    {
        using var work = new Workspace(Generator + Workspace.Users);
        foreach (var run in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => work.RunAsync("generate"))))
        {
            run.Ends(0);
        }

        (await work.RunAsync("generate", "--check")).Ends(0);
        Assert.Equal(["ShopContext.Services.cs", "ShopContext.cs", "User.cs"], Files(work));
    }

    [Fact]
    public async Task An_output_that_cannot_be_written_is_named()
    {
        using var work = new Workspace(Generator + Workspace.Users);
        work.Write("Code", "a file");
        var run = (await work.RunAsync("generate")).Ends(1);
        Assert.Contains("Code", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespace   = \"Shop.Data\"", "namespace = \"Shop.class\"", "`Shop.class`")]
    [InlineData("namespace   = \"Shop.Data\"", "namespace = \"1Shop\"", "`1Shop`")]
    [InlineData("contextName = \"ShopContext\"", "contextName = \"Shop Context\"", "`Shop Context`")]
    [InlineData("contextName = \"ShopContext\"", "recrods = true", "does not know `recrods`")]
    [InlineData("contextName = \"ShopContext\"", "records = \"maybe\"", "neither yes nor no for `records`")]
    public async Task A_generator_block_that_cannot_be_followed_is_named(string good, string bad, string says)
    {
        using var work = new Workspace(Generator.Replace(good, bad, StringComparison.Ordinal) + Workspace.Users);
        (await work.RunAsync("generate")).Ends(1).Warns("The generator `efcore`", says, "SL6001");
    }

    [Fact]
    public async Task A_hint_that_means_nothing_stops_it_and_only_it_with_its_place()
    {
        using var work = new Workspace(Generator + "/// @softDelete(removedAt)\nmodel Post {\n  id Int @id\n}\n");
        (await work.RunAsync("generate")).Ends(1).Warns("SL2712", "schema.prisma:14:7", "which the model has not", "nothing was generated");
        (await work.RunAsync("validate")).Ends(0);
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "Code")));
    }

    [Fact]
    public async Task Without_a_block_the_project_file_says_where_and_blocks_of_others_are_left_alone()
    {
        using var work = new Workspace("generator client {\n  provider = \"prisma-client\"\n  output   = \"elsewhere\"\n}\n\n" + Workspace.Users);
        work.Write("My-Shop.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        (await work.RunAsync("generate")).Ends(0);
        Assert.Contains("namespace My_Shop.Data;", work["Data/User.cs"], StringComparison.Ordinal);
        Assert.Contains("class My_ShopContext(", work["Data/My_ShopContext.cs"], StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(work.Folder, "elsewhere")));
    }

    [Theory]
    [InlineData("Shop.csproj", "Tools.csproj", "There are 2 project files")]
    [InlineData("Shop.csproj", "Shop.csproj", "is not XML")]
    public async Task A_project_file_that_does_not_say_where_is_named_with_the_line_to_write(string one, string two, string says)
    {
        using var work = new Workspace(Workspace.Users);
        work.Write(one, "<Project");
        work.Write(two, "<Project");
        (await work.RunAsync("generate")).Ends(1).Warns(says, "SL6003", "generator");
    }

    private static string[] Files(Workspace work) =>
        [.. Directory.GetFiles(Path.Combine(work.Folder, "Code")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static DateTime[] Times(Workspace work) =>
        [.. Directory.GetFiles(Path.Combine(work.Folder, "Code")).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
}
