using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Metrics;
using Sluice.Auth.Redis;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Revocation;

/// <summary>
/// Makes revocations known: in the memory of this node at once, and in Redis where there is one. The table tells by itself, and has
/// all of them, or, where the host wants that, only those that Redis could not take.
/// </summary>
internal sealed partial class Revocations(AuthDatabase database, RevocationList list, IOptions<SluiceAuthOptions> options, AuthMetrics metrics, ILogger<Revocations> log, RedisDenylist? redis = null)
{
    private readonly string listHashes = RevocationSql.ListHashes(database.Names);

    /// <summary>Whether what ends something writes the table in its own statement.</summary>
    public bool AreInTable { get; } = redis is null || options.Value.Revocation.KeepInPostgres;

    /// <summary>
    /// Where the table is not written, Redis takes it. Within the transaction: were we killed in between, too much would be revoked and not too little.
    /// </summary>
    /// <returns>What must be written with it, since Redis did not.</returns>
    public async Task<IEnumerable<NpgsqlBatchCommand>> BeforeCommitAsync(IReadOnlyList<Revoked> revoked, string userId, string reason, string? by) =>
        AreInTable || revoked.Count == 0 || await TryRedisAsync(revoked) ? [] : [Listing(revoked, userId, reason, by)];

    /// <summary>For what is not written with the end of a session: what must be written into the table.</summary>
    public async Task<IEnumerable<NpgsqlBatchCommand>> WritingAsync(IReadOnlyList<Revoked> revoked, string userId, string reason, string? by) =>
        AreInTable ? [Listing(revoked, userId, reason, by)] : await BeforeCommitAsync(revoked, userId, reason, by);

    /// <summary>Where the table is written Redis follows; what it does not take its feed gives it later.</summary>
    public async Task AfterCommitAsync(IReadOnlyList<Revoked> revoked)
    {
        foreach (var one in revoked)
        {
            list.Add(one);
        }

        if (AreInTable)
        {
            await TryRedisAsync(revoked);
        }
    }

    /// <summary>For what must not be told before it is done: a version of roles that is refused and still in force would shut its account out.
    /// The table has it in any case.</summary>
    public NpgsqlBatchCommand InTable(Revoked revoked, string userId, string reason, string? by) => Listing([revoked], userId, reason, by);

    /// <summary>After <see cref="InTable"/>, when it is done: Redis follows.</summary>
    public async Task FollowAsync(Revoked revoked)
    {
        list.Add(revoked);
        await TryRedisAsync([revoked]);
    }

    private NpgsqlBatchCommand Listing(IReadOnlyList<Revoked> revoked, string userId, string reason, string? by) => AuthDatabase.InBatch(
        listHashes, database.Now, revoked[0].Expires.UtcDateTime, reason, by, revoked.Select(r => r.Hash).ToArray(), userId);

    // Not ended with the request: who asked may be gone, the token must be, too.
    private async Task<bool> TryRedisAsync(IReadOnlyList<Revoked> revoked)
    {
        if (redis is null || revoked.Count == 0)
        {
            return redis is not null;
        }

        try
        {
            await redis.AddAsync(revoked, CancellationToken.None);
            return true;
        }
        catch (RedisException failure)
        {
            metrics.RedisFailed();
            NotTaken(log, revoked.Count, failure.Message);
            redis.Owe(revoked);
            return false;
        }
    }

    [LoggerMessage(14, LogLevel.Warning, "Redis did not take {Count} revocations, PostgreSQL has them: {Reason}")]
    private static partial void NotTaken(ILogger log, int count, string reason);
}
