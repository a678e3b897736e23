using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;

namespace Sluice.Bench;

/// <summary>
/// The runner beside the loop that a good programmer writes without it: a transaction and a history row for each migration.
/// Every round runs each of them once on a database of its own, so that they share the machine's mood.
/// </summary>
internal static class Runner
{
    private const int Migrations = 1000;

    private static readonly (string Name, Func<string, string, Task> Run)[] Contenders =
    [
        ("bare loop, one batch per migration", (url, folder) => BareAsync(url, folder, OneBatchAsync)),
        ("bare loop, one command per step", (url, folder) => BareAsync(url, folder, StepByStepAsync)),
        ("`Deploy`, folder layout", (url, folder) => DeployAsync(url, Path.Combine(folder, "folders"))),
        ("`Deploy`, versioned layout", (url, folder) => DeployAsync(url, Path.Combine(folder, "versions"))),
    ];

    public static async Task RunAsync(int rounds)
    {
        var work = Directory.CreateTempSubdirectory("sluice-bench-");
        try
        {
            Write(work.FullName, Migrations);
            var few = work.CreateSubdirectory("few").FullName;
            Write(few, 50);
            foreach (var durable in new[] { true, false })
            {
                var cluster = new LocalCluster(Path.Combine(work.FullName, durable ? "durable" : "fast"), PostgresBinaries.Require(null), new LocalClusterOptions(durable));
                await cluster.StartAsync();
                try
                {
                    await MeasureAsync(cluster, few, 1);
                    Print(durable, rounds, await MeasureAsync(cluster, work.FullName, rounds));
                }
                finally
                {
                    await cluster.StopAsync();
                }
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>The same migrations in either layout.</summary>
    public static void Write(string folder, int count)
    {
        var folders = Directory.CreateDirectory(Path.Combine(folder, "folders")).FullName;
        var versions = Directory.CreateDirectory(Path.Combine(folder, "versions")).FullName;
        File.WriteAllText(Path.Combine(folders, "migration_lock.toml"), "provider = \"postgresql\"\n");
        for (var i = 1; i <= count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"m{i:0000}");
            var script = $"""
                -- CreateTable
                CREATE TABLE "{name}" (
                    "id" SERIAL NOT NULL,
                    "name" TEXT NOT NULL,

                    CONSTRAINT "{name}_pkey" PRIMARY KEY ("id")
                );

                -- CreateIndex
                CREATE INDEX "{name}_name_idx" ON "{name}"("name");

                -- AlterTable
                ALTER TABLE "{name}" ADD COLUMN     "note" VARCHAR(100);

                """;
            var one = Directory.CreateDirectory(Path.Combine(folders, string.Create(CultureInfo.InvariantCulture, $"2020010100{i:0000}0_{name}"))).FullName;
            File.WriteAllText(Path.Combine(one, "migration.sql"), script);
            File.WriteAllText(Path.Combine(versions, string.Create(CultureInfo.InvariantCulture, $"{i:0000}_{name}.up.sql")), script);
        }
    }

    private static async Task<double[][]> MeasureAsync(LocalCluster cluster, string folder, int rounds)
    {
        var times = new double[Contenders.Length][];
        for (var i = 0; i < times.Length; i++)
        {
            times[i] = new double[rounds];
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Contenders.Length; i++)
            {
                await OnServerAsync(cluster, "CREATE DATABASE bench", "CHECKPOINT");
                var started = Stopwatch.GetTimestamp();
                await Contenders[i].Run(cluster.Url("bench"), folder);
                times[i][round] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                await OnServerAsync(cluster, "DROP DATABASE bench WITH (FORCE)");
            }
        }

        return times;
    }

    private static void Print(bool durable, int rounds, double[][] times)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{Migrations} migrations onto an empty database, fsync {(durable ? "on" : "off")}, {rounds} rounds\n"));
        Console.WriteLine("| what | median ms | of the batch loop | of the loop by steps |\n|---|--:|--:|--:|");
        for (var i = 0; i < times.Length; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Contenders[i].Name} | {Median(times[i]):0} | {Median(Ratios(times, i, 0)):0.00} | {Median(Ratios(times, i, 1)):0.00} |"));
        }
    }

    // Round by round: what slows the machine for one slows its neighbour.
    private static double[] Ratios(double[][] times, int of, int to) => [.. times[of].Zip(times[to], (a, b) => a / b)];

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static async Task DeployAsync(string url, string folder) =>
        await Deploy.RunAsync(new RunSettings { Address = DatabaseAddress.Parse(url), MigrationsPath = folder });

    private static async Task BareAsync(string url, string folder, Func<NpgsqlConnection, string, string, string, Task> apply)
    {
        var at = new Uri(url);
        var user = at.UserInfo.Split(':');
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = at.Host, Port = at.Port, Username = user[0], Password = Uri.UnescapeDataString(user[1]), Database = "bench", Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        await using (var create = new NpgsqlCommand("CREATE TABLE history (name text PRIMARY KEY, checksum text NOT NULL, started_at timestamptz NOT NULL, finished_at timestamptz NOT NULL)", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        foreach (var path in Directory.GetFiles(Path.Combine(folder, "versions")).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            await apply(connection, Path.GetFileName(path), System.Text.Encoding.UTF8.GetString(bytes), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        }
    }

    private const string Insert = "INSERT INTO history (name, checksum, started_at, finished_at) VALUES ($1, $2, $3, clock_timestamp())";

    private static async Task StepByStepAsync(NpgsqlConnection connection, string name, string script, string checksum)
    {
        var started = DateTime.UtcNow;
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand(script, connection, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using (var insert = new NpgsqlCommand(Insert, connection, transaction)
        {
            Parameters = { new() { Value = name }, new() { Value = checksum }, new() { Value = started } },
        })
        {
            await insert.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    // The statements of these scripts hold no semicolon; a loop that anyone uses would need a lexer here.
    private static async Task OneBatchAsync(NpgsqlConnection connection, string name, string script, string checksum)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        foreach (var statement in script.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert) { Parameters = { new() { Value = name }, new() { Value = checksum }, new() { Value = DateTime.UtcNow } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await batch.ExecuteNonQueryAsync();
    }

    private static async Task OnServerAsync(LocalCluster cluster, params string[] commands)
    {
        var address = cluster.Connection();
        address.Pooling = false;
        await using var server = new NpgsqlConnection(address.ConnectionString);
        await server.OpenAsync();
        foreach (var text in commands)
        {
            await using var command = new NpgsqlCommand(text, server);
            await command.ExecuteNonQueryAsync();
        }
    }
}
