namespace Sluice.Cli.Tests.Examples;

public sealed class ExampleCheckTests
{
    [Fact]
    public async Task Every_story_holds_and_leaves_nothing_behind()
    {
        await using var database = await TestDatabase.CreateAsync();
        var runs = await Task.WhenAll(Example.Names.Select(n => new Example(n).CheckAsync(database.Url)));
        foreach (var run in runs)
        {
            run.Ends(0).Says("things verified");
        }

        // Which needs a superuser, and passes it over without.
        Assert.Contains(runs, r => r.Output.Contains("plans, none reads more than", StringComparison.Ordinal));

        await using var left = database.Source.CreateCommand(@"SELECT string_agg(datname, ', ') FROM pg_database WHERE datname LIKE 'sluice\_check\_%'");
        Assert.Equal(DBNull.Value, await left.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_check_without_a_server_says_what_it_needs() =>
        (await new Example("github-login").CheckAsync(null)).Ends(1).Warns("set DATABASE_URL to a server on which databases can be created");

    [Fact]
    public async Task A_check_whose_server_does_not_answer_fails() =>
        (await new Example("github-login").CheckAsync("postgresql://nobody@127.0.0.1:1/none", ("DB_MAX_RETRIES", "0"))).Ends(1).Warns("github-login: CHECK FAILED");

    [Fact]
    public void Every_example_is_checked() =>
        Assert.Equal(
            Example.Names.Order(StringComparer.Ordinal),
            Directory.GetDirectories(Path.Combine(Repository.Root, "examples")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));
}
