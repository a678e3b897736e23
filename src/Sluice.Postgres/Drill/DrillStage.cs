using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Recovery;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Drill;

/// <summary>What the scenarios have in common: the project, a scratch server, and the database that was restored on it.</summary>
internal sealed class DrillStage(RunSettings live, DrillRequest request, DumpTools tools, PostgresBinaries binaries, LocalCluster server) : IProgress<BackupProgress>, IProgress<RecoveryProgress>
{
    private DrillScenario scenario;
    private int ordinal;

    public RunSettings Live { get; } = live;

    public DrillRequest Request { get; } = request;

    public DumpTools Tools { get; } = tools;

    public PostgresBinaries Binaries { get; } = binaries;

    public LocalCluster Server { get; } = server;

    public string Backups => Path.Combine(Request.Scratch, "backups");

    /// <summary>Set once the backup was restored: what the others are played on.</summary>
    public bool IsRestored { get; set; }

    /// <summary>As the live project, on the scratch server. Nothing is journalled: the database is gone in a minute.</summary>
    public RunSettings Settings => Live with
    {
        Address = AddressOf(Live.Address.Database),
        ShadowAddress = null,
        CacheFolder = null,
        Progress = null,
        Before = null,
        After = null,
        JournalDisabled = true,
    };

    public DatabaseAddress AddressOf(string database) => DatabaseAddress.Parse(Server.Url(database)) with
    {
        Schema = Live.Address.Schema,
        SchemaIsExplicit = Live.Address.SchemaIsExplicit,
        Retry = new RetryPolicy(0, TimeSpan.Zero),
    };

    public void Begin(DrillScenario next) => (scenario, ordinal) = (next, ordinal + 1);

    public void Say(string step) => Request.Progress?.Report(new DrillProgress(scenario, ordinal, Request.Scenarios.Length, step));

    public void Report(BackupProgress value) => Request.Progress?.Report(new DrillProgress(scenario, ordinal, Request.Scenarios.Length, value.Phase switch
    {
        BackupPhase.Restoring => "restoring the backup",
        _ => "comparing rows and definitions",
    }, value.Done, value.Total));

    public void Report(RecoveryProgress value) => Request.Progress?.Report(new DrillProgress(scenario, ordinal, Request.Scenarios.Length, value.Phase switch
    {
        RecoveryPhase.Copying => "copying the server's data",
        RecoveryPhase.Encrypting => "encrypting every file",
        RecoveryPhase.Verifying => "comparing every file with its checksum",
        _ => "replaying WAL",
    }, value.Done, value.Total));

    public static async Task ExecuteAsync(DatabaseAddress address, string sql, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<T> AskAsync<T>(DatabaseAddress address, string sql, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Every definition, and every row that is not a migration tool's own.</summary>
    public async Task<DatabaseContents> ContentsAsync(DatabaseAddress address, CancellationToken cancellation)
    {
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        await using var transaction = await DatabaseContents.BeginAsync(connection, cancellation);
        ImmutableArray<Catalog.ObjectName> tables =
            [.. (await TableNames.ReadAsync(connection, cancellation)).Where(t => t.Schema != "sluice" && t.Name is not (History.HistoryTable.Name or "schema_migrations"))];
        return await DatabaseContents.ReadAsync(connection, tables, (done, total) => Report(new BackupProgress(BackupPhase.Comparing, done, total)), cancellation);
    }
}
