using Npgsql;

namespace Sluice.Cli.Tests;

/// <summary>A project with a database of its own on a real server.</summary>
internal sealed class LiveWorkspace : Workspace, IAsyncDisposable
{
    private LiveWorkspace(TestDatabase database, string? models, string? folder)
        : base(models, folder)
    {
        Database = database;
        Environment["DATABASE_URL"] = database.Url;
    }

    public TestDatabase Database { get; }

    public static async Task<LiveWorkspace> CreateAsync(string? models = null, string? sql = null, string? folder = null) => new(await TestDatabase.CreateAsync(sql), models, folder);

    public Task<object?> QueryAsync(string sql) => Database.QueryAsync(sql);

    public Task<bool> HasTableAsync(string name) => Has($"SELECT to_regclass('\"{name}\"') IS NOT NULL");

    public async ValueTask DisposeAsync()
    {
        Dispose();
        await Database.DisposeAsync();
    }

    /// <summary>True while somebody stands at the gate that <see cref="ShutGateAsync"/> shut.</summary>
    public const string AtTheGate = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

    /// <summary>Whoever asks for the advisory lock 4711 waits until what this gives is disposed of.</summary>
    public async Task<NpgsqlConnection> ShutGateAsync()
    {
        var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Pooling = false }.ConnectionString);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("SELECT pg_advisory_lock(4711)", holder);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return holder;
    }

    private async Task<bool> Has(string sql) => (bool)(await QueryAsync(sql))!;
}
