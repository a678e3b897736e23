using Npgsql;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Upkeep;

/// <summary>Leads as long as its transaction is open: through a pooler too, and until its process dies, however that happens.</summary>
internal sealed class Leader : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private Leader(NpgsqlConnection connection, NpgsqlTransaction transaction) => (this.connection, this.transaction) = (connection, transaction);

    /// <returns>Null when another leads; it does not wait.</returns>
    public static async Task<Leader?> TryAsync(AuthDatabase database, long key, CancellationToken cancellation)
    {
        var connection = await database.Source.OpenConnectionAsync(cancellation);
        var leader = new Leader(connection, await connection.BeginTransactionAsync(cancellation));
        // Waiting while others work is all that this transaction does; it holds back no vacuum.
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1), set_config('idle_in_transaction_session_timeout', '0', true)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        if (await command.ExecuteScalarAsync(cancellation) is true)
        {
            return leader;
        }

        await leader.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
