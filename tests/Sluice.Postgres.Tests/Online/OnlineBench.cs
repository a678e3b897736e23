using System.Collections.Concurrent;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Online;
using Sluice.Postgres.Reading;
using Sluice.Postgres.Running;
using Sluice.Postgres.Tests.Running;
using Xunit;

namespace Sluice.Postgres.Tests.Online;

/// <summary>A database with one migration applied and one pending, and clients of both versions.</summary>
internal sealed class OnlineBench : IAsyncDisposable
{
    public const string Next = "20260102000000_next";

    // What migrations make, for all tests that ask what it is.
    private static readonly ConcurrentDictionary<string, Lazy<Task<Database>>> Made = new(StringComparer.Ordinal);

    private OnlineBench(Workbench bench) => Bench = bench;

    private const string NewPath = $"\"public_{Next}\",public";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Workbench Bench { get; }

    public static async Task<OnlineBench> OpenAsync(string first, string next)
    {
        var bench = await Workbench.OpenAsync();
        bench.Write("20260101000000_first", first);
        await bench.DeployAsync();
        bench.Settings = bench.Settings with { CacheFolder = Path.Combine(Path.GetDirectoryName(bench.Settings.MigrationsPath)!, "cache") };
        bench.Write(Next, next);
        return new OnlineBench(bench);
    }

    public Task<OnlineRow> StartAsync(string[]? set = null, string[]? back = null) =>
        OnlineChange.StartAsync(Bench.Settings, new OnlineRequest { Set = [.. set ?? []], Back = [.. back ?? []] }, Stop);

    public Task<OnlineRow> CompleteAsync(bool anyLoss = false) => OnlineChange.CompleteAsync(Bench.Settings, anyLoss, Stop);

    public Task<OnlineRow> RollbackAsync(bool anyLoss = false) => OnlineChange.RollbackAsync(Bench.Settings, anyLoss, Stop);

    /// <summary>As a client of the version before.</summary>
    public Task<string> OldAsync(string sql) => AskAsync("public", sql);

    /// <summary>As a client of the version after, by the connection line that `start` prints.</summary>
    public Task<string> NewAsync(string sql) => AskAsync(NewPath, sql);

    /// <summary>What the live database has more or less than the migrations make.</summary>
    public async Task AssertIsAsync(params string[] migrations)
    {
        (string Name, string Script)[] files = [.. migrations.Select(m => (m, File.ReadAllText(Path.Combine(Bench.Settings.MigrationsPath, m, "migration.sql"))))];
        var wanted = await Made.GetOrAdd(string.Join('\0', files.Select(f => f.Script)), _ => new Lazy<Task<Database>>(() => MakeAsync(files))).Value;
        await using var live = await Bench.Source.OpenConnectionAsync(Stop);
        Assert.Empty(CatalogDiffer.Diff(wanted, await CatalogReader.ReadWithObjectsAsync(live, cancellation: Stop)));
        Assert.Equal(0, await Bench.ScalarAsync<long>($"SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'public_%'"));
    }

    /// <summary>Sends a statement again and again, with a number that grows, until it is told to stop.</summary>
    public async Task<int> WriteAsync(bool isNew, string sql, Action<int> told, CancellationToken stop)
    {
        await using var connection = await ConnectAsync(isNew ? NewPath : "public");
        await using var command = new NpgsqlCommand(sql.Replace("$1", "$1::int", StringComparison.Ordinal), connection) { Parameters = { new NpgsqlParameter<int>() } };
        await command.PrepareAsync(Stop);
        var written = 0;
        for (; !stop.IsCancellationRequested; written++)
        {
            command.Parameters[0].Value = written;
            await command.ExecuteNonQueryAsync(Stop);
            told(written + 1);
        }

        return written;
    }

    public Task AssertIsBeforeAsync() => AssertIsAsync("20260101000000_first");

    public async Task AssertIsAfterAsync()
    {
        await AssertIsAsync("20260101000000_first", Next);
        Assert.Empty((await Bench.DeployAsync()).Applied);
    }

    public ValueTask DisposeAsync() => Bench.DisposeAsync();

    private static async Task<Database> MakeAsync((string Name, string Script)[] files)
    {
        await using var expected = await Workbench.OpenAsync();
        foreach (var (name, script) in files)
        {
            expected.Write(name, script);
        }

        await expected.DeployAsync();
        await using var connection = await expected.Source.OpenConnectionAsync(Stop);
        return await CatalogReader.ReadWithObjectsAsync(connection, cancellation: Stop);
    }

    // The rows as text: values with blanks between, rows with commas.
    private async Task<string> AskAsync(string path, string sql)
    {
        await using var connection = await ConnectAsync(path);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Stop);
        var rows = new List<string>();
        while (await reader.ReadAsync(Stop))
        {
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return string.Join(',', rows);
    }

    private async Task<NpgsqlConnection> ConnectAsync(string path)
    {
        var address = new NpgsqlConnectionStringBuilder(Bench.Source.ConnectionString) { SearchPath = path, Pooling = false, Password = Bench.Settings.Address.Password };
        var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(Stop);
        return connection;
    }
}
