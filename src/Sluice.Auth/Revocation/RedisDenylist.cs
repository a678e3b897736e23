using System.Collections.Concurrent;
using System.Globalization;
using Sluice.Auth.Redis;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Revocation;

/// <summary>
/// The denylist in Redis: a key for each revocation, which Redis forgets when it has expired, and a log (a stream) by which nodes
/// read what they missed: its ids are the server's own and only grow, so that no clock of ours decides what is new.
/// </summary>
internal sealed class RedisDenylist(RedisClient client, string prefix, TimeProvider clock) : IAsyncDisposable
{
    public const string Beginning = "-";

    private const int Page = 1000;

    // In one go: bounded, and a global sign-out still is one.
    private const int Together = 200;

    // Longer than any token lives: what is older is of no use to anybody.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(26);

    // By hash: what Redis did not take when it was revoked.
    private readonly ConcurrentDictionary<string, Revoked> owed = new(StringComparer.Ordinal);

    /// <returns>Null where the host has no Redis.</returns>
    public static RedisDenylist? Of(RevocationOptions options, TimeProvider clock) => RedisAddress.Parse(options.RedisUrl) is { } address
        ? new RedisDenylist(new RedisClient(address with { RootCertificates = options.RedisRootCertificates }, clock, RedisClient.Patience), options.RedisPrefix, clock)
        : null;

    public RedisAddress Address => client.Address;

    public bool IsConnected => client.IsConnected;

    public string Channel => $"{prefix}told";

    private string Log => $"{prefix}log";

    /// <summary>Writes and tells, all or nothing for as many as go together.</summary>
    /// <exception cref="RedisException">It may be written or not; writing it again does no harm.</exception>
    public async Task AddAsync(IEnumerable<Revoked> revoked, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var floor = (now - Longest).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        foreach (var some in revoked.Where(r => r.Expires > now).Chunk(Together))
        {
            var commands = new RedisPipeline().Add("MULTI");
            foreach (var one in some)
            {
                var seconds = (long)Math.Ceiling((one.Expires - now).TotalSeconds);
                commands.Add("SET", prefix + one.Hash, "1", "EX", seconds.ToString(CultureInfo.InvariantCulture));
                commands.Add("XADD", Log, "MINID", "~", floor, "*", "told", one.Told);
                commands.Add("PUBLISH", Channel, one.Told);
            }

            var replies = await client.SendAsync(commands.Add("EXEC"), cancellation);
            if (replies[^1] is not RedisReply.List done || done.Items.Any(r => r is RedisReply.Error))
            {
                throw new RedisException($"Redis at {client.Address} did not write a revocation.");
            }
        }
    }

    /// <summary>Redis did not take it, and is to have it when it answers.</summary>
    public void Owe(IReadOnlyList<Revoked> revoked)
    {
        foreach (var one in revoked)
        {
            owed[one.Hash] = one;
        }
    }

    /// <summary>Writes what Redis did not take: it can refuse a command, or be late for it, and keep the connection on which we listen.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var some = owed.ToArray();
        foreach (var expired in some.Where(o => o.Value.Expires <= clock.GetUtcNow()))
        {
            owed.TryRemove(expired);
        }

        await AddAsync(some.Select(o => o.Value), cancellation);
        foreach (var given in some)
        {
            owed.TryRemove(given);
        }
    }

    /// <exception cref="RedisException">It cannot be asked.</exception>
    public async Task<bool> HoldsAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellation)
    {
        string[] words = ["EXISTS", .. hashes.Select(h => prefix + h)];
        return await client.SendAsync(new RedisPipeline().Add(words), cancellation) is [RedisReply.Number { Value: var found }]
            ? found > 0
            : throw new RedisException($"Redis at {client.Address} answered EXISTS with something else.");
    }

    /// <summary>Hands over what the log has behind a place.</summary>
    /// <returns>The place behind the last.</returns>
    public async Task<string> ReadAsync(string after, Action<Revoked> heard, CancellationToken cancellation)
    {
        while (true)
        {
            var page = await client.SendAsync(new RedisPipeline().Add("XRANGE", Log, after, "+", "COUNT", Page.ToString(CultureInfo.InvariantCulture)), cancellation);
            if (page is not [RedisReply.List { Items: var entries }])
            {
                throw new RedisException($"Redis at {client.Address} answered XRANGE with something else.");
            }

            foreach (var entry in entries)
            {
                if (entry is not RedisReply.List { Items: [RedisReply.Text id, RedisReply.List { Items: [_, RedisReply.Text told] }] })
                {
                    throw new RedisException($"Redis at {client.Address} has a log that is not ours. Set another Revocation.RedisPrefix.");
                }

                after = $"({id.Value}";
                if (Revoked.Hear(told.Value, clock.GetUtcNow()) is { } revoked && revoked.Expires > clock.GetUtcNow())
                {
                    heard(revoked);
                }
            }

            if (entries.Count < Page)
            {
                return after;
            }
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
