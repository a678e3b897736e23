using System.Net.Sockets;
using Npgsql;
using Sluice.Auth.Metrics;
using Sluice.Auth.Redis;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Revocation;

/// <summary>Asks the places where revocations are kept, at this moment: for what must not wait until this node has heard of one.</summary>
/// <param name="needsRedis">The table has only what Redis could not take: no answer of one stands for both.</param>
internal sealed class FreshRevocation(AuthDatabase? database, RedisDenylist? redis, bool needsRedis, TimeProvider clock, AuthMetrics? metrics)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string held = database?.Names.Sql(
        "SELECT EXISTS (SELECT FROM {token_blacklist} WHERE {token_blacklist.tokenHash} = ANY($1) AND {token_blacklist.expiresAt} > $2)") ?? "";

    /// <param name="hashes">Of a token, of its session, of its roles.</param>
    /// <returns>Whether one of them is revoked; null when that cannot be known now.</returns>
    public async Task<bool?> AskAsync(string[] hashes, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var (asked, other) = (AskTableAsync(hashes, patience.Token, cancellation), AskRedisAsync(hashes, patience.Token, cancellation));
        var (inTable, inRedis) = (await asked, await other);
        if (inTable is true || inRedis is true)
        {
            return true;
        }

        var isCertain = (database is null || inTable is false) && (!needsRedis || inRedis is false) && (inTable is false || inRedis is false);
        return isCertain ? false : null;
    }

    private async Task<bool?> AskTableAsync(string[] hashes, CancellationToken patience, CancellationToken cancellation)
    {
        if (database is null)
        {
            return null;
        }

        try
        {
            await using var command = database.Command(held, hashes, clock.GetUtcNow().UtcDateTime);
            return (bool?)await command.ExecuteScalarAsync(patience);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or SocketException || IsLate(failure, cancellation))
        {
            return null;
        }
    }

    private async Task<bool?> AskRedisAsync(string[] hashes, CancellationToken patience, CancellationToken cancellation)
    {
        if (redis is null)
        {
            return null;
        }

        try
        {
            return await redis.HoldsAsync(hashes, patience);
        }
        catch (Exception failure) when (failure is RedisException || IsLate(failure, cancellation))
        {
            metrics?.RedisFailed();
            return null;
        }
    }

    private static bool IsLate(Exception failure, CancellationToken cancellation) => failure is OperationCanceledException && !cancellation.IsCancellationRequested;
}
