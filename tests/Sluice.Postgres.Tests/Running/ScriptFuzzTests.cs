using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>Whatever a script holds, the answer is the server's error or none; the client in between adds no opinion of its own.</summary>
public sealed class ScriptFuzzTests
{
    private static readonly string[] Pieces =
    [
        "select ", "1", "'", "''", "\"", "$$", "$a$", "$é$", ";", " ", "\n", "--", "/*", "*/", "E'", "\\", "U&'", "(", ")", "::text", "@p", ":p", "$1", "?", "begin atomic ",
        "begin;", "commit;", "end ", "case ", "create function f() returns int ", "do ", "a$b$", "e'\\'", "é", "@>", "||", "{", "%s", ",",
    ];

    [Fact]
    public async Task A_random_script_ends_in_success_or_in_the_servers_words()
    {
        await using var bench = await Workbench.OpenAsync();
        var random = new Random(99);
        for (var i = 0; i < 300; i++)
        {
            var script = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            try
            {
                // What the journal takes down of a script is its hash: not of each.
                await Execute.RunAsync(bench.Settings with { JournalDisabled = i % 4 != 0 }, script, null, TestContext.Current.CancellationToken);
            }
            catch (ProblemException problem)
            {
                Assert.True(problem.Problem.Code == "SL5004", script);
            }
            catch (Exception other) when (other is not OperationCanceledException)
            {
                Assert.Fail($"{other.GetType().Name} {other.Message}: {script}");
            }
        }
    }
}
