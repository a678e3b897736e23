using Npgsql;

namespace Sluice.Cli.Tests;

/// <summary>A project with a database of its own on a real server.</summary>
internal sealed class LiveWorkspace : Workspace, IAsyncDisposable
{
    private LiveWorkspace(TestDatabase database, string? models)
        : base(models)
    {
        Database = database;
        Environment["DATABASE_URL"] = database.Url;
    }

    public TestDatabase Database { get; }

    public static async Task<LiveWorkspace> CreateAsync(string? models = null, string? sql = null) => new(await TestDatabase.CreateAsync(sql), models);

    public Task<object?> QueryAsync(string sql) => Database.QueryAsync(sql);

    public Task<bool> HasTableAsync(string name) => Has($"SELECT to_regclass('\"{name}\"') IS NOT NULL");

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Database.DisposeAsync();
    }

    private async Task<bool> Has(string sql) => (bool)(await QueryAsync(sql))!;
}
