using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Sluice.Tests.Support;

/// <summary>A database of its own for one test, dropped at the end. Many may be made at once.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);
    private static readonly Lazy<Task<string>> Strategy = new(ChooseStrategyAsync);
    private static readonly string Run = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private static int count;

    private TestDatabase(string name, NpgsqlDataSource source)
    {
        Name = name;
        Source = source;
    }

    public string Name { get; }

    public NpgsqlDataSource Source { get; }

    public string ConnectionString => Connection().ConnectionString;

    /// <summary>As DATABASE_URL has it.</summary>
    public string Url
    {
        get
        {
            var server = TestCluster.Server;
            var password = server.Password is null ? "" : ":" + Uri.EscapeDataString(server.Password);
            return string.Create(CultureInfo.InvariantCulture, $"postgresql://{server.Username}{password}@{server.Host}:{server.Port}/{Name}");
        }
    }

    /// <summary>An empty database, or a copy of one on which <paramref name="templateSql"/> was run once.</summary>
    public static async Task<TestDatabase> CreateAsync(string? templateSql = null)
    {
        return templateSql is null
            ? await CopyAsync("template0")
            : await CreateAsync(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(templateSql)))[..16], d => d.ExecuteAsync(templateSql));
    }

    /// <summary>A copy of one that was made once.</summary>
    /// <param name="key">What it is called among all that this process makes.</param>
    public static async Task<TestDatabase> CreateAsync(string key, Func<TestDatabase, Task> make) =>
        await CopyAsync(await Templates.GetOrAdd(key, _ => new Lazy<Task<string>>(() => MakeTemplateAsync(make))).Value);

    /// <summary>Runs a script of many statements.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of the first row.</summary>
    public async Task<object?> QueryAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>How many wait for a lock here.</summary>
    public async Task<long> WaitingAsync() =>
        (long)(await QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))!;

    public NpgsqlConnectionStringBuilder Connection() => For(Name);

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await OnServerAsync($"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    private static async Task<TestDatabase> CopyAsync(string template)
    {
        var name = NewName();
        await OnServerAsync($"CREATE DATABASE {name} TEMPLATE {template}{await Strategy.Value}");
        return Open(name);
    }

    private static async Task<string> MakeTemplateAsync(Func<TestDatabase, Task> make)
    {
        var database = await CopyAsync("template0");
        await make(database);

        // A template must have no sessions; the server takes its time to end those that were closed.
        await database.Source.DisposeAsync();
        await OnServerAsync($"SELECT pg_terminate_backend(pid, 300000) FROM pg_stat_activity WHERE datname = '{database.Name}'");
        return database.Name;
    }

    private static string NewName() =>
        string.Create(CultureInfo.InvariantCulture, $"sluice_test_{Run}_{Interlocked.Increment(ref count)}");

    private static TestDatabase Open(string name) => new(name, NpgsqlDataSource.Create(For(name)));

    // Few sessions each: tests run side by side and share the server's limit.
    private static NpgsqlConnectionStringBuilder For(string name)
    {
        var server = TestCluster.Server;
        server.Database = name;
        server.MaxPoolSize = 4;
        server.IncludeErrorDetail = true;
        return server;
    }

    // File by file takes less than page by page, where nothing is waited for until it is on a disk. A server before 15 does so anyway.
    private static async Task<string> ChooseStrategyAsync() =>
        await OnServerAsync("SELECT current_setting('server_version_num')::int >= 150000 AND current_setting('fsync') = 'off'") is true ? " STRATEGY FILE_COPY" : "";

    private static async Task<object?> OnServerAsync(string sql)
    {
        var server = TestCluster.Server;
        server.MaxPoolSize = 4;
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
