using System.CommandLine;

namespace Sluice.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Commands()
    {
        using var session = new Session();
        var data = new TheoryData<string>();
        Add(CommandTree.Build(session), "");
        return data;

        void Add(Command command, string path)
        {
            foreach (var child in command.Subcommands)
            {
                if (child.Action is not null)
                {
                    data.Add($"{path}{child.Name}");
                }

                Add(child, $"{path}{child.Name} ");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_says_what_it_does_and_shows_an_example(string command)
    {
        using var work = new Workspace();
        var run = (await work.RunAsync([.. command.Split(' '), "--help"])).Ends(0);
        Assert.True(run.Output.Split('\n')[0].Length > 10, run.ToString());
        run.Says($"sluice {command}", "Usage", "Options of every command", "--schema <PATH>", "--json", "Examples", $"  sluice {command}");
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task Without_a_command_the_commands_are_listed()
    {
        using var work = new Workspace();
        (await work.RunAsync("--help")).Ends(0).Says("migrate deploy", "db push", "Exit codes");
        (await work.RunAsync()).Ends(1).Warns("needs one of", "sluice --help");
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        using var work = new Workspace();
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", (await work.RunAsync("--version")).Ends(0).Output);
    }

    [Fact]
    public async Task Version_help_and_formatted_text_come_as_json_too()
    {
        using var work = new Workspace("model A {\n id Int @id\n}\n");
        Assert.Matches(@"^\d+\.\d+", (await work.RunAsync("--version", "--json")).Ends(0).Json.GetProperty("version").GetString());
        Assert.Contains("Usage", (await work.RunAsync("migrate", "dev", "--help", "--json")).Ends(0).Json.GetProperty("help").GetString(), StringComparison.Ordinal);
        var formatted = (await work.RunAsync("format", "--stdout", "--json")).Ends(0).Json;
        Assert.Equal("ok", formatted.GetProperty("outcome").GetString());
        Assert.Contains("  id Int @id\n", formatted.GetProperty("files")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Contains("\n id Int", work["schema.prisma"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_command_gets_a_suggestion()
    {
        using var work = new Workspace();
        (await work.RunAsync("migrate", "deplyo")).Ends(1).Warns("There is no command `sluice migrate deplyo`", "Did you mean `deploy`?");
        var json = (await work.RunAsync("migrate", "deplyo", "--json")).Ends(1).Json;
        Assert.Equal("failed", json.GetProperty("outcome").GetString());
    }

    [Theory]
    [InlineData("migrate dev --name --create-only", "`--name` needs a value.")]
    [InlineData("migrate dev -n -y", "`--name` needs a value.")]
    [InlineData("migrate status --schema --json", "`--schema` needs a value.")]
    [InlineData("--url --verbose migrate deploy", "`--url` needs a value.")]
    public async Task An_option_is_not_taken_for_the_value_of_the_one_before(string commandLine, string message)
    {
        using var work = new Workspace(Workspace.Users);
        (await work.RunAsync(commandLine.Split(' '))).Ends(1).Warns(message);
        Assert.Empty(work.Migrations);
    }
}
