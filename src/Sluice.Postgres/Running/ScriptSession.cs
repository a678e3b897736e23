using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>The session that scripts run in. Each of them finds it as new: what one sets does not reach the next.</summary>
internal sealed class ScriptSession(NpgsqlConnection connection, DatabaseAddress address, TimeSpan? lockTimeout, bool isPooled) : IAsyncDisposable
{
    // A run that is killed must not go on in the server without anyone who hears of it.
    // Servers on other systems may not be able to look, and refuse the setting.
    public const string EndWithClient =
        "SELECT pg_catalog.set_config('client_connection_check_interval', '1s', false) WHERE pg_catalog.version() ~ 'linux'";

    public NpgsqlConnection Connection { get; } = connection;

    /// <summary>How long a statement waits for a lock; null for as long as it takes.</summary>
    public TimeSpan? LockTimeout { get; } = lockTimeout;

    /// <summary>Each transaction may be in another session of the server's, which others use before and after.</summary>
    public bool IsPooled { get; } = isPooled;

    public DatabaseAddress Address { get; } = address;

    /// <param name="lockTimeout">For a database that others use.</param>
    public static async Task<ScriptSession> OpenAsync(
        RunSettings settings, DatabaseAddress address, CancellationToken cancellation, TimeSpan? lockTimeout = null, bool isPooled = false)
    {
        var connection = await RunSession.ConnectAsync(settings, address, cancellation);
        connection.Notice += (_, e) => settings.Progress?.Report(
            new RunEvent.Notice(e.Notice.Severity, Redaction.Clean(e.Notice.MessageText, address)));
        return new ScriptSession(connection, address, lockTimeout, isPooled);
    }

    /// <summary>What DISCARD ALL does but for advisory locks, in one round trip and with the search path set again.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(Connection);
        string[] commands =
        [
            "SET SESSION AUTHORIZATION DEFAULT",
            "RESET ALL",
            "DEALLOCATE ALL",
            "UNLISTEN *",
            "DISCARD SEQUENCES",
            "DISCARD TEMP",
            $"SET search_path = {ServerConnection.Quote(Address.Schema)}",
        ];
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(command));
        }

        if (LockTimeout is { } wait)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(LockTimeoutCommand(wait)));
        }

        if (Connection.PostgreSqlVersion.Major >= 14)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(EndWithClient));
        }

        await batch.ExecuteNonQueryAsync(cancellation);
    }

    public static string LockTimeoutCommand(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {wait.TotalMilliseconds:0}");

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
