using System.Text;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Tests.Support;
using Xunit;

namespace Sluice.Postgres.Tests.Running;

/// <summary>A database and a migrations folder of a test's own.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-bench-");

    private Workbench(TestDatabase database)
    {
        this.database = database;
        Settings = new RunSettings
        {
            Address = AddressOf(database.Url),
            MigrationsPath = Path.Combine(folder.FullName, "migrations"),
            LockTimeout = TimeSpan.FromMinutes(5),
        };
    }

    public RunSettings Settings { get; set; }

    public string Url => database.Url;

    public NpgsqlDataSource Source => database.Source;

    /// <summary>One attempt to connect, which on a machine that stands still for a while may last.</summary>
    public static DatabaseAddress AddressOf(string url) =>
        DatabaseAddress.Parse(url) with { ConnectTimeout = TimeSpan.FromMinutes(5), Retry = new RetryPolicy(0, TimeSpan.Zero) };

    /// <param name="templateSql">What is in the database already.</param>
    public static async Task<Workbench> OpenAsync(string? templateSql = null) => new(await TestDatabase.CreateAsync(templateSql));

    /// <param name="make">What is in the database already: done once for each key, the files of it each time anew.</param>
    public static async Task<Workbench> OpenAsync(string key, Func<Workbench, Task> make, params (string Name, string Script)[] files)
    {
        var bench = new Workbench(await TestDatabase.CreateAsync(key, async database =>
        {
            var first = new Workbench(database);
            await make(first);
            first.folder.Delete(recursive: true);
        }));
        foreach (var (name, script) in files)
        {
            bench.Write(name, script);
        }

        return bench;
    }

    public void Write(string name, string script) => Write(name, Encoding.UTF8.GetBytes(script));

    /// <summary>A file directly in the migrations folder.</summary>
    public void WriteFile(string name, string text)
    {
        Directory.CreateDirectory(Settings.MigrationsPath);
        File.WriteAllText(Path.Combine(Settings.MigrationsPath, name), text);
    }

    public void Write(string name, byte[] script)
    {
        var path = Directory.CreateDirectory(Path.Combine(Settings.MigrationsPath, name)).FullName;
        File.WriteAllBytes(Path.Combine(path, "migration.sql"), script);
    }

    public Task<DeployResult> DeployAsync() => Deploy.RunAsync(Settings, TestContext.Current.CancellationToken);

    public static async Task<Problem> FailAsync(Func<Task> action) => (await Assert.ThrowsAsync<ProblemException>(action)).Problem;

    public Task<Problem> DeployFailsAsync() => FailAsync(DeployAsync);

    /// <summary>
    /// Fails again until it has come to see what is in its way: it looks for that while it waits, and gives up whether it came to look or not, as
    /// on a machine that stands still for a moment.
    /// </summary>
    public static async Task<Problem> FailAsync(Func<Task> action, Func<Problem, bool> hasSeen)
    {
        for (var attempt = 1; ; attempt++)
        {
            var problem = await FailAsync(action);
            if (attempt == 30 || hasSeen(problem))
            {
                return problem;
            }
        }
    }

    public Task ExecuteAsync(string sql) => database.ExecuteAsync(sql);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public Task<bool> HasTableAsync(string name) => ScalarAsync<bool>($"SELECT to_regclass('{name}') IS NOT NULL");

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
