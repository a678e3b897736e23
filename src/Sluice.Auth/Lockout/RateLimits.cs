using Npgsql;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Lockout;

/// <summary>
/// Allowances that all nodes share. A row holds the moment at which its allowance is whole again; each request moves it on by its
/// share, and is refused when that moment would be further away than a whole allowance (the generic cell rate algorithm).
/// </summary>
internal sealed class RateLimits(AuthDatabase database, AuthMetrics metrics)
{
    private readonly string takeSql = database.Names.Sql("""
        INSERT INTO {rate_limits} AS r ({rate_limits.key}, {rate_limits.wholeAt}) VALUES ($1, $2 + $3)
        ON CONFLICT ({rate_limits.key}) DO UPDATE SET {rate_limits.wholeAt} = GREATEST(r.{rate_limits.wholeAt}, $2) + $3
        WHERE GREATEST(r.{rate_limits.wholeAt}, $2) + $3 <= $2 + $4
        RETURNING 1
        """);
    private readonly string waitSql = database.Names.Sql("""
        SELECT extract(epoch FROM {rate_limits.wholeAt} + $2 - ($3 + $4))::float8 FROM {rate_limits} WHERE {rate_limits.key} = $1
        """);

    private readonly string giveBackSql = database.Names.Sql("UPDATE {rate_limits} SET {rate_limits.wholeAt} = {rate_limits.wholeAt} - $2 WHERE {rate_limits.key} = $1");

    /// <param name="name">The limit's own name, for the row and for metrics.</param>
    /// <param name="subject">Whose allowance: a client or an account, by <see cref="ClientKey"/>.</param>
    /// <returns>Null when the request may go on.</returns>
    public async Task<Refusal?> TakeAsync(string name, string subject, RateLimit limit, CancellationToken cancellation)
    {
        if (limit.Requests <= 0)
        {
            return null;
        }

        var (key, now, share) = ($"{name} {subject}", database.Now, limit.Per / limit.Requests);
        await using (var take = database.Command(takeSql, key, now, share, limit.Per))
        {
            if (await take.ExecuteScalarAsync(cancellation) is not null)
            {
                return null;
            }
        }

        metrics.Limited(name);
        await using var asking = database.Command(waitSql, key, share, now, limit.Per);
        var wait = await asking.ExecuteScalarAsync(cancellation) is double seconds ? seconds : 1;
        return Refusal.TooMany with { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait)) };
    }

    /// <summary>For a limit on failures, which are known only when it is too late to count them: each attempt takes its share, one that succeeds gives it back.</summary>
    public IEnumerable<NpgsqlBatchCommand> GivingBack(string name, string subject, RateLimit limit) =>
        limit.Requests <= 0 ? [] : [AuthDatabase.InBatch(giveBackSql, $"{name} {subject}", limit.Per / limit.Requests)];
}
