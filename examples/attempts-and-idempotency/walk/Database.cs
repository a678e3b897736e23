using Npgsql;

namespace Payments.Walk;

/// <summary>What the walk asks of the database, and the locks by which it holds a server where it wants it.</summary>
internal static class Database
{
    public static async Task RunAsync(this NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = Command(database, sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> AskAsync<T>(this NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = Command(database, sql, values);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public static async Task MustAsync(this NpgsqlDataSource database, string what, string sql, params object[] values)
    {
        if (!await database.AskAsync<bool>(sql, values))
        {
            throw new Unexpected($"{what}: {sql}");
        }
    }

    /// <summary>Nobody writes to the table until the transaction ends.</summary>
    public static async Task<NpgsqlTransaction> HoldAsync(this NpgsqlDataSource database, string table)
    {
        var connection = await database.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"LOCK TABLE \"{table}\" IN EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync();
        return transaction;
    }

    public static async Task ReleaseAsync(this NpgsqlTransaction held)
    {
        var connection = held.Connection!;
        await held.RollbackAsync();
        await connection.CloseAsync();
    }

    /// <summary>Waits until so many wait for the table.</summary>
    public static async Task WaitersAsync(this NpgsqlDataSource database, string table, int count)
    {
        for (var until = DateTime.UtcNow + Service.Patience; await database.AskAsync<long>(Waiting, table) < count; await Task.Delay(20))
        {
            if (DateTime.UtcNow > until)
            {
                throw new Unexpected($"nobody waits for {table}");
            }
        }
    }

    /// <summary>A server that is gone leaves its statements with PostgreSQL; the power takes those, too.</summary>
    public static Task EndWaitersAsync(this NpgsqlDataSource database, string table) =>
        database.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = ('\"' || $1 || '\"')::regclass", table);

    private const string Waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = ('\"' || $1 || '\"')::regclass";

    private static NpgsqlCommand Command(NpgsqlDataSource database, string sql, object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
