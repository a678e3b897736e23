using Sluice.Postgres.Local;

namespace Sluice.Cli.Tests;

public sealed class LocalServerTests
{
    [Fact]
    public async Task From_nothing_to_a_migrated_private_database()
    {
        Assert.SkipWhen(PostgresBinaries.Find() is null, "no PostgreSQL programs");
        using var work = new Workspace(folder: TestCluster.NewFolder().FullName);
        (await work.RunAsync("init")).Ends(0);
        try
        {
            (await work.RunAsync("db", "start")).Ends(0).Says("PostgreSQL started on 127.0.0.1:", "DATABASE_URL written to .env");
            work.Write("schema.prisma", work["schema.prisma"] + Workspace.Users);
            (await work.RunAsync("migrate", "dev", "--name", "init")).Ends(0).Says("Your database is now in sync with your schema.");
            var url = (await work.RunAsync("db", "start", "--print-url")).Ends(0).Output;
            Assert.Contains(url.Trim(), work[".env"], StringComparison.Ordinal);
            Assert.Equal("*\n", work[".sluice/.gitignore"]);
            Assert.Contains(":***@", (await work.RunAsync("db", "start", "--print-url", "--redact")).Output, StringComparison.Ordinal);
            (await work.RunAsync("db", "stop")).Ends(0).Says("PostgreSQL stopped; its data stays.");
            (await work.RunAsync("db", "start")).Ends(0);
            (await work.RunAsync("migrate", "status")).Ends(0).Says("Database schema is up to date!");
        }
        finally
        {
            await work.RunAsync("db", "stop");
        }
    }
}
