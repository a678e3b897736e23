using Npgsql;
using Sluice.Tests.Support;

namespace Sluice.Auth.Tests.Factors;

/// <summary>Holds the rows of users until so many statements wait for them: what each request decides before, all have decided when they go on.</summary>
internal sealed class HeldUsers(TestDatabase database, NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public static async Task<HeldUsers> ByAsync(TestDatabase database)
    {
        var connection = await database.Source.OpenConnectionAsync();
        var held = new HeldUsers(database, connection, await connection.BeginTransactionAsync());
        await held.RunAsync("UPDATE users SET \"updatedAt\" = now()");
        return held;
    }

    public async Task UntilWaitingAsync(int statements)
    {
        long waiting = 0;
        await Wait.UntilAsync(async () => (waiting = await database.WaitingAsync()) >= statements, () => $"{waiting} of {statements} wait for the rows of users", TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Does something in the transaction that holds them.</summary>
    public async Task RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
    }

    public Task ReleaseAsync() => transaction.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
