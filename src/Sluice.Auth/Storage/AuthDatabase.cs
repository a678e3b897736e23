using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Postgres.Connecting;

namespace Sluice.Auth.Storage;

/// <summary>The pool, and what things are called in it.</summary>
internal sealed class AuthDatabase(IOptions<SluiceAuthOptions> options, TimeProvider clock) : IAsyncDisposable
{
    public Names Names { get; } = Names.Resolve(options.Value.Tables);

    public DatabaseAddress Address { get; } = DatabaseAddress.Parse(options.Value.DatabaseUrl).WithLimits(Environment.GetEnvironmentVariable);

    public NpgsqlDataSource Source => field ??= Open(Address);

    /// <summary>For the one connection that listens.</summary>
    public string ListenerConnectionString => new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(Address)) { KeepAlive = 10, IncludeErrorDetail = false }.ConnectionString;

    /// <summary>Whether only those come in who are allowed.</summary>
    public bool HasAllowList { get; } = options.Value.AllowList.Enabled;

    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>A new id, later ones sort behind earlier ones.</summary>
    public string NewId() => Names.Ids is IdKind.Cuid ? Cuid.New(clock.GetUtcNow()) : Guid.CreateVersion7(clock.GetUtcNow()).ToString();

    /// <summary>Whether a client's text can be an id at all.</summary>
    public bool IsId(string text) => Names.Ids is IdKind.Uuid ? Guid.TryParseExact(text, "D", out _) : text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>A command with its parameters in order: $1, $2 …</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        var command = Source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(Parameter(value));
        }

        return command;
    }

    public static NpgsqlBatchCommand InBatch(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(Parameter(value));
        }

        return command;
    }

    /// <summary>A change, and what is written because of how it went: both or neither, in two round trips.</summary>
    /// <param name="read">Reads the rows that the change gives.</param>
    /// <param name="then">What belongs with it, now that its commands know how many rows they affected; null undoes it.</param>
    /// <returns>Whether it was done.</returns>
    public Task<bool> ChangeAsync(
        IEnumerable<NpgsqlBatchCommand> change, Func<NpgsqlDataReader, Task>? read, Func<IEnumerable<NpgsqlBatchCommand>?> then, CancellationToken cancellation) =>
        ChangeAsync(change, read, () => Task.FromResult(then()), cancellation);

    public async Task<bool> ChangeAsync(
        IEnumerable<NpgsqlBatchCommand> change, Func<NpgsqlDataReader, Task>? read, Func<Task<IEnumerable<NpgsqlBatchCommand>?>> then, CancellationToken cancellation)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var changing = Batch(connection, transaction, change))
        await using (var reader = await changing.ExecuteReaderAsync(cancellation))
        {
            if (read is not null)
            {
                await read(reader);
            }

            while (await reader.NextResultAsync(cancellation))
            {
            }
        }

        if (await then() is not { } belonging)
        {
            return false;
        }

        await using var ending = Batch(connection, transaction, belonging.Append(new NpgsqlBatchCommand("COMMIT")));
        await ending.ExecuteNonQueryAsync(cancellation);
        return true;
    }

    /// <summary>A change in one round trip: all of it or nothing.</summary>
    /// <param name="required">One that divides by zero where the rest must not happen.</param>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> ChangeAsync(IEnumerable<NpgsqlBatchCommand> change, NpgsqlBatchCommand required, CancellationToken cancellation)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellation);
        await using var batch = Batch(connection, null, change);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (PostgresException undone) when (undone.SqlState == PostgresErrorCodes.DivisionByZero && undone.BatchCommand == required)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync() => await Source.DisposeAsync();

    private static NpgsqlBatch Batch(NpgsqlConnection connection, NpgsqlTransaction? transaction, IEnumerable<NpgsqlBatchCommand> commands)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
        string text => new NpgsqlParameter<string> { TypedValue = text, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
        DateTime time => new NpgsqlParameter<DateTime> { TypedValue = time, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
        _ => new NpgsqlParameter { Value = value },
    };

    private static NpgsqlDataSource Open(DatabaseAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder(ServerConnection.ConnectionString(address));
        // The detail of a violated key is somebody's address.
        settings.IncludeErrorDetail = false;
        settings.CommandTimeout = settings.CommandTimeout == 0 ? 10 : settings.CommandTimeout;
        // A `timestamp` column of an existing table holds UTC, and compares with our times only so.
        settings.Timezone = "UTC";
        settings.Pooling = true;
        settings.MinPoolSize = address.Pool.Minimum;
        settings.MaxPoolSize = address.Pool.Maximum;
        settings.MaxAutoPrepare = address.IsPooled ? 0 : 64;
        settings.NoResetOnClose = true;
        // Its metrics call it so; without a name they would say the connection string.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "sluice-auth" }.Build();
    }
}
