using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Local;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Databases_are_separate_and_may_start_from_a_template()
    {
        const string Template = "CREATE TABLE t (x int); INSERT INTO t VALUES (1);";
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TestDatabase.CreateAsync(Template)));
        foreach (var database in databases)
        {
            await database.ExecuteAsync("INSERT INTO t VALUES (2)");
            await using var command = database.Source.CreateCommand("SELECT count(*) FROM t");
            Assert.Equal(2L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
            await database.DisposeAsync();
        }
    }
}
