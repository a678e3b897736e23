using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

public sealed class ResetTests
{
    [Fact]
    public async Task The_archive_tables_of_the_way_back_go_with_the_tables_and_are_counted_before()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE SCHEMA sluice_archive; CREATE TABLE sluice_archive.\"1_down_a\" AS SELECT 1 AS id; ANALYZE");
        var settings = new RunSettings { Address = Workbench.AddressOf(database.Url), MigrationsPath = Path.Combine(Path.GetTempPath(), "sluice-no-migrations-here") };

        var preview = await Reset.PreviewAsync(settings, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1L), (preview.Tables, preview.Rows));
        await Reset.RunAsync(settings, applyMigrations: false, TestContext.Current.CancellationToken);
        await using var left = database.Source.CreateCommand("SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice_archive'");
        Assert.Equal(0L, await left.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
