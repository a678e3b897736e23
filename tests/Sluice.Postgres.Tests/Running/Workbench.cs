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
            Address = DatabaseAddress.Parse(database.Url) with { Retry = new RetryPolicy(0, TimeSpan.Zero) },
            MigrationsPath = Path.Combine(folder.FullName, "migrations"),
            LockTimeout = TimeSpan.FromSeconds(20),
        };
    }

    public RunSettings Settings { get; set; }

    public string Url => database.Url;

    public NpgsqlDataSource Source => database.Source;

    /// <param name="templateSql">What is in the database already.</param>
    public static async Task<Workbench> OpenAsync(string? templateSql = null) => new(await TestDatabase.CreateAsync(templateSql));

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
