using Sluice.Cli.Output;
using Sluice.Postgres.Connecting;

namespace Sluice.Cli.Tests;

public sealed class HostileTextTests
{
    [Theory]
    [InlineData("20250101000000_init", "20250101000000_init")]
    [InlineData("a b", "'a b'")]
    [InlineData("$(x)", "'$(x)'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("", "''")]
    [InlineData("a\n'b\e", "$'a\\n\\'b\\u001b'")]
    public void A_word_is_quoted_where_a_shell_would_read_more_in_it(string word, string quoted) => Assert.Equal(quoted, ShellWord.Quote(word));

    [Theory]
    [InlineData("plain\tö\n", false, "plain\tö\n")]
    [InlineData("\e[2Jgone", false, "\\u001b[2Jgone")]
    [InlineData("\e[31mred\e[0m \e[2J\e]0;title\a", true, "\e[31mred\e[0m \\u001b[2J\\u001b]0;title\\u0007")]
    [InlineData("\e[31mred", false, "\\u001b[31mred")]
    [InlineData("a\r\nb\rc", false, "a\nb\\u000dc")]
    [InlineData("user\u202eresu", false, "user\\u202eresu")]
    public void Control_characters_are_shown_and_not_obeyed(string text, bool colored, string shown) => Assert.Equal(shown, VisibleText.Of(text, colored));

    [Fact]
    public async Task A_migrations_name_cannot_run_anything_when_a_remedy_is_pasted()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        const string Name = "20250101000000 'x\"; drop $(y)\e[2J";
        const string Quoted = "$'20250101000000 \\'x\"; drop $(y)\\u001b[2J'";
        work.Migration(Name, "SELECT 1/0;");
        // Without the journal a person has to say what became of a failure, and is told the commands.
        var failed = (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(1).Warns($"resolve --rolled-back {Quoted}", $"resolve --applied {Quoted}");
        Assert.DoesNotContain('\e', failed.Error);
        (await work.RunAsync("migrate", "deploy", "--no-journal")).Ends(1).Warns("P3009", $"resolve --rolled-back {Quoted}");
        (await work.RunAsync("migrate", "dev")).Ends(1).Warns($"resolve --rolled-back {Quoted}");
        var status = (await work.RunAsync("migrate", "status")).Ends(1).Says($"resolve --applied {Quoted}");
        Assert.DoesNotContain('\e', status.Output);
    }

    [Fact]
    public async Task A_remedy_names_the_database_that_was_named()
    {
        await using var work = await LiveWorkspace.CreateAsync(Workspace.Users);
        work.Migration("20250101000000_bad", "SELECT 1/0;");
        var url = work.Database.Url;
        work.Environment["DATABASE_URL"] = "postgresql://x@127.0.0.1:9/other";
        (await work.RunAsync("migrate", "deploy", "--no-journal", "--url", url)).Ends(1).Warns("sluice migrate resolve --url \"$URL\" --rolled-back 20250101000000_bad && sluice migrate deploy --url \"$URL\"");
        (await work.RunAsync("migrate", "status", "--url", url)).Ends(1).Says("sluice migrate resolve --rolled-back 20250101000000_bad --url \"$URL\"");
        (await work.RunAsync("migrate", "deploy", "--url", "")).Ends(1).Warns("P1013", "`--url` was given, and is empty.");
    }
}
