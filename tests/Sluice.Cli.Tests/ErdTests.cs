using System.Xml.Linq;

namespace Sluice.Cli.Tests;

public sealed class ErdTests
{
    private const string Shop = Workspace.Users + """
        model Post {
          id       Int  @id
          authorId Int
          @@map("posts")
        }

        """;

    [Fact]
    public async Task A_schema_is_drawn_without_a_database_to_stdout_or_a_file_with_the_same_bytes()
    {
        using var work = new Workspace(Shop);
        var printed = (await work.RunAsync("erd")).Ends(0).Output;
        Assert.Equal("svg", XDocument.Parse(printed).Root!.Name.LocalName);
        Assert.Contains("data-table=\"posts\"", printed, StringComparison.Ordinal);
        (await work.RunAsync("erd", "-o", "pictures/shop.svg")).Ends(0).Says("2 tables", "0 relations", "pictures/shop.svg");
        Assert.Equal(printed, work["pictures/shop.svg"]);
        var json = (await work.RunAsync("erd", "--json", "--theme", "dark", "--keys")).Ends(0).Json;
        Assert.Equal(2, json.GetProperty("tables").GetInt32());
        Assert.DoesNotContain("authorId", json.GetProperty("svg").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("erd --focus post", "There is no table `post`", "`posts`")]
    [InlineData("erd --focus nothing", "There is no table `nothing`", "as the database calls it")]
    [InlineData("erd --depth 2", "`--depth`", "--focus orders --depth 2")]
    [InlineData("erd --png", "A PNG needs a file", "--output schema.png")]
    [InlineData("erd --png -o a.png", "There is no browser", "leave out `--png`")]
    public async Task What_cannot_be_drawn_is_said_with_what_to_write(string commandLine, string says, string remedy)
    {
        using var work = new Workspace(Shop);
        work.Environment["PATH"] = work.Folder;
        (await work.RunAsync(commandLine.Split(' '))).Ends(1).Warns(says, remedy);
        Assert.False(File.Exists(Path.Combine(work.Folder, "a.png")));
    }

    [Fact]
    public async Task An_empty_schema_is_nothing_to_draw()
    {
        using var work = new Workspace("");
        (await work.RunAsync("erd")).Ends(1).Warns("nothing to draw");
    }

    [Fact]
    public async Task A_database_is_drawn_with_its_comments_and_whatever_names_it_has()
    {
        await using var work = await LiveWorkspace.CreateAsync(sql: """
            CREATE TABLE "a<b>&""c" (id int PRIMARY KEY, "</svg>" text);
            CREATE TABLE child (id int REFERENCES "a<b>&""c");
            COMMENT ON TABLE child IS 'of <b>one</b>';
            """);
        var svg = XDocument.Parse((await work.RunAsync("erd", "--url", work.Database.Url, "--focus", "child")).Ends(0).Output).Root!;
        Assert.Equal(["a<b>&\"c", "child"], svg.Descendants().Attributes("data-table").Select(a => a.Value));
        Assert.Contains("child\nof <b>one</b>", svg.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value));
    }

    [Fact]
    public async Task A_browser_that_is_there_makes_a_png()
    {
        var folder = Path.Combine(Repository.Root, ".sluice/chromium");
        Assert.SkipUnless(File.Exists(Path.Combine(folder, "chromium")), "chromium is not here: `.ci/chromium` says why");
        using var work = new Workspace(Shop);
        work.Environment["PATH"] = $"{folder}:/usr/bin:/bin";
        (await work.RunAsync("erd", "--png", "-o", "shop.png")).Ends(0).Says("shop.png");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(Path.Combine(work.Folder, "shop.png"), TestContext.Current.CancellationToken))[..4]);
    }
}
