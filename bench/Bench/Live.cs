using BenchmarkDotNet.Attributes;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Reading;
using Sluice.Text;

namespace Sluice.Bench;

/// <summary>Reading a database of 1,000 tables. Needs SLUICE_BENCH_PG, a connection string of Npgsql's form.</summary>
public class Live
{
    private const string Name = "sluice_bench";
    private NpgsqlConnection connection = null!;

    private static string Server =>
        Environment.GetEnvironmentVariable("SLUICE_BENCH_PG") ?? throw new InvalidOperationException("Set SLUICE_BENCH_PG, for example \"Host=127.0.0.1;Username=postgres\".");

    // Not async: the in-process toolchain does not wait for a set-up's task.
    [GlobalSetup]
    public void Prepare()
    {
        OnServer($"DROP DATABASE IF EXISTS {Name}");
        OnServer($"CREATE DATABASE {Name}");
        connection = new(new NpgsqlConnectionStringBuilder(Server) { Database = Name, Pooling = false }.ConnectionString);
        connection.Open();
        var wanted = CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", LargeSchema.Write(1000))).Value);
        using var command = new NpgsqlCommand(Migration.Script(Database.Empty, wanted), connection) { CommandTimeout = 0 };
        command.ExecuteNonQuery();
    }

    [GlobalCleanup]
    public void Remove()
    {
        connection.Dispose();
        OnServer($"DROP DATABASE {Name}");
    }

    [Benchmark]
    public Task<Database> ReadCatalog() => CatalogReader.ReadAsync(connection);

    private static void OnServer(string sql)
    {
        using var server = new NpgsqlConnection(Server);
        server.Open();
        using var command = new NpgsqlCommand(sql, server);
        command.ExecuteNonQuery();
    }
}
