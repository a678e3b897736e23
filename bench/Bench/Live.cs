using BenchmarkDotNet.Attributes;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Text;

namespace Sluice.Bench;

/// <summary>Reading a database of 1,000 tables. Needs SLUICE_BENCH_PG, a connection string or URL-free keywords of a server.</summary>
public class Live
{
    private const string Name = "sluice_bench";
    private NpgsqlConnection connection = null!;

    private static string Server =>
        Environment.GetEnvironmentVariable("SLUICE_BENCH_PG") ?? throw new InvalidOperationException("Set SLUICE_BENCH_PG, for example \"Host=127.0.0.1;Username=postgres\".");

    [GlobalSetup]
    public async Task PrepareAsync()
    {
        await OnServerAsync($"DROP DATABASE IF EXISTS {Name}");
        await OnServerAsync($"CREATE DATABASE {Name}");
        connection = new(new NpgsqlConnectionStringBuilder(Server) { Database = Name, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        var wanted = CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", LargeSchema.Write(1000))).Value);
        await using var command = new NpgsqlCommand(Migration.Script(Database.Empty, wanted), connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    [GlobalCleanup]
    public async Task RemoveAsync()
    {
        await connection.DisposeAsync();
        await OnServerAsync($"DROP DATABASE {Name}");
    }

    [Benchmark]
    public Task<Database> ReadCatalog() => CatalogReader.ReadAsync(connection);

    private static async Task OnServerAsync(string sql)
    {
        await using var server = new NpgsqlConnection(Server);
        await server.OpenAsync();
        await using var command = new NpgsqlCommand(sql, server);
        await command.ExecuteNonQueryAsync();
    }
}
