using System.Collections.Immutable;
using System.Data;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Running;

/// <summary>
/// The session that does the bookkeeping and holds the lock for as long as it lives. Scripts run in another one, so that
/// what they do to their session, up to losing it, does not reach the books.
/// </summary>
internal sealed class RunSession(NpgsqlConnection connection, RunSettings settings, bool databaseCreated) : IAsyncDisposable
{
    private string? fence;

    public NpgsqlConnection Connection { get; } = connection;

    public RunSettings Settings { get; } = settings;

    public bool DatabaseCreated { get; } = databaseCreated;

    /// <summary>Behind a pooler, in place of the advisory lock; null where the session keeps that one.</summary>
    public Lease? Lease { get; private set; }

    /// <summary>The books of a folder's layout.</summary>
    public IHistory HistoryOf(MigrationFolder folder) => folder.Layout is MigrationLayout.Versioned
        ? new VersionTable(Settings.Address.Schema)
        : new HistoryTable(Settings.Address.Schema);

    /// <summary>Connects without touching anything.</summary>
    public static async Task<RunSession> OpenAsync(RunSettings settings, CancellationToken cancellation) =>
        new(await ConnectAsync(settings, settings.Address, cancellation), settings, false);

    /// <summary>Connects, creating the database and the schema when they are missing, and takes the lock.</summary>
    public static async Task<RunSession> OpenOrCreateAsync(RunSettings settings, CancellationToken cancellation)
    {
        var created = false;
        NpgsqlConnection connection;
        try
        {
            connection = await ConnectAsync(settings, settings.Address, cancellation);
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            created = await ServerConnection.EnsureDatabaseAsync(settings.Address, Retrying(settings), cancellation);
            settings.Progress?.Report(new RunEvent.DatabaseCreated(settings.Address.Database, settings.Address.Server));
            connection = await ConnectAsync(settings, settings.Address, cancellation);
        }

        return await LockAsync(new RunSession(connection, settings, created), cancellation);
    }

    /// <summary>Connects to a database that must exist, and takes the lock.</summary>
    public static async Task<RunSession> OpenLockedAsync(RunSettings settings, CancellationToken cancellation) =>
        await LockAsync(await OpenAsync(settings, cancellation), cancellation);

    public static Task<NpgsqlConnection> ConnectAsync(RunSettings settings, DatabaseAddress address, CancellationToken cancellation) =>
        ServerConnection.OpenAsync(address, Retrying(settings), cancellation);

    /// <summary>The history beside the folder.</summary>
    public async Task<HistoryState> ReadHistoryAsync(MigrationFolder folder, CancellationToken cancellation) =>
        HistoryState.Compare(folder, await HistoryOf(folder).ReadAsync(Connection, cancellation));

    /// <summary>Creates the history table where there is none.</summary>
    /// <exception cref="ProblemException">P3005: the schema holds tables that no migration made.</exception>
    public async Task<HistoryState> RequireHistoryAsync(MigrationFolder folder, CancellationToken cancellation)
    {
        var state = await ReadHistoryAsync(folder, cancellation);
        if (state.TableExists)
        {
            if (!state.Pending.IsEmpty || !state.Unrecorded.IsEmpty)
            {
                await HistoryRights.RequireAsync(Connection, HistoryOf(folder).Table, Settings.Address, cancellation);
            }

            return state;
        }

        var tables = await HistoryTable.OtherTablesAsync(Connection, AllSchemas, cancellation);
        if (!tables.IsEmpty)
        {
            throw new ProblemException(HistoryProblems.NotEmpty(tables, folder));
        }

        await HistoryOf(folder).CreateAsync(Connection, cancellation);
        return state with { TableExists = true };
    }

    /// <summary>The lock is this session's: when it is gone, so is the lock, and nothing more may be applied.</summary>
    /// <exception cref="ProblemException">P1017.</exception>
    public async Task RequireAliveAsync(CancellationToken cancellation)
    {
        try
        {
            await CommitAsync([new NpgsqlBatchCommand("SELECT")], cancellation);
        }
        catch (NpgsqlException gone)
        {
            throw new ProblemException(Operation.ProblemOf(gone, Settings), gone);
        }
    }

    /// <summary>
    /// Ends a script's transaction with an error where this session, and the lock with it, is gone, or the lease is; asked in
    /// that transaction just before its COMMIT, which costs no round trip.
    /// </summary>
    public IEnumerable<NpgsqlBatchCommand> Fence() => fence is null ? [] : [new NpgsqlBatchCommand(fence)];

    /// <exception cref="ProblemException">P1017, or SL5033 behind a pooler: the failure is the fence's.</exception>
    public void ThrowIfFenced(NpgsqlException failure)
    {
        if (failure is PostgresException { SqlState: LeaseTable.Lost } refused)
        {
            throw new ProblemException(Lease.LostProblem(refused), failure);
        }

        if (fence is not null && failure.BatchCommand?.CommandText == fence)
        {
            throw new ProblemException(
                new Problem("P1017", $"The session that holds the lock of migrations on `{Settings.Address.Server}` was ended, so what was being applied was rolled back.")
                {
                    Remedies = ["Run this command again; it goes on where it stopped."],
                },
                failure);
        }
    }

    /// <summary>Sends commands of the books, in one transaction of their own.</summary>
    public async Task CommitAsync(IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellation)
    {
        if (Connection.State is not ConnectionState.Open)
        {
            throw new NpgsqlException("the connection is closed");
        }

        await using var batch = new NpgsqlBatch(Connection);
        // The session that holds the advisory lock need not ask whether it does.
        foreach (var command in Lease is null ? commands : Fence().Concat(commands))
        {
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>The datasource's schemas and the one the history lives in.</summary>
    public ImmutableArray<string> AllSchemas => [.. Settings.Schemas.Append(Settings.Address.Schema).Distinct(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        if (Lease is { } lease)
        {
            await lease.DisposeAsync();
        }

        await Connection.DisposeAsync();
    }

    /// <summary>Makes the address's schema where it is missing; asked first, because CREATE needs a right even when it has nothing to do.</summary>
    private async Task EnsureSchemaAsync(CancellationToken cancellation)
    {
        var schema = Settings.Address.Schema;
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", Connection);
        exists.Parameters.Add(new NpgsqlParameter { Value = schema });
        if (await exists.ExecuteScalarAsync(cancellation) is not null)
        {
            return;
        }

        await using var create = new NpgsqlCommand($"CREATE SCHEMA IF NOT EXISTS {ServerConnection.Quote(schema)}", Connection);
        await create.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<RunSession> LockAsync(RunSession session, CancellationToken cancellation)
    {
        try
        {
            if (await AdvisoryLock.TakeAsync(session.Connection, session.Settings, cancellation))
            {
                await AdvisoryLock.AwaitWorkAsync(session.Connection, session.Settings, cancellation);
            }
            else
            {
                session.Lease = await Lease.TakeAsync(session.Settings, cancellation);
            }

            await session.EnsureSchemaAsync(cancellation);
            session.fence = session.Lease?.Fence ?? await AdvisoryLock.FenceAsync(session.Connection, session.Settings, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static Action<ConnectionAttempt>? Retrying(RunSettings settings) => settings.Progress is { } progress
        ? a => progress.Report(new RunEvent.Retrying(a.Server, a.Attempt, a.Attempts, a.Delay, a.Reason))
        : null;
}
