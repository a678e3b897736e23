using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Health;
using Sluice.Auth.Metrics;
using Sluice.Auth.Redis;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth;

/// <summary>What knows of revocations, in hosts with a database of ours and without. Whether there is a Redis is known with the options, not before.</summary>
internal static class RevocationServices
{
    public static IServiceCollection AddRevocation(this IServiceCollection services, bool hasDatabase, Func<IServiceProvider, (RevocationOptions Options, TimeSpan Poll)> settings)
    {
        return services
            .AddSingleton<RevocationList>()
            .AddSingleton(s => new Hearing(settings(s).Options.FailClosedAfter, needsDatabase: hasDatabase, needsRedis: NeedsRedis(s)))
            // Null is what GetService gives where there is none.
            .AddSingleton(s => RedisDenylist.Of(settings(s).Options, Clock(s))!)
            .AddSingleton(s => new FreshRevocation(s.GetService<AuthDatabase>(), s.GetService<RedisDenylist>(), NeedsRedis(s), Clock(s), s.GetService<AuthMetrics>()))
            .AddHostedService(s => new RedisFeed(
                s.GetService<RedisDenylist>(), s.GetRequiredService<RevocationList>(), s.GetRequiredService<Hearing>(), settings(s).Poll, Clock(s), s.GetRequiredService<ILogger<RedisFeed>>()))
            .AddSingleton(s => new ReadinessSign("revocations", () => s.GetRequiredService<Hearing>().IsDeaf(Clock(s).GetUtcNow()) ? "not heard" : Readiness.Ok))
            .AddSingleton(s => new ReadinessSign("redis", () => s.GetService<RedisDenylist>() is { } redis ? redis.IsConnected ? Readiness.Ok : Readiness.Degraded : null))
            .AddFreshRevocation();

        // Without a database, or without the table's copy, Redis is where revocations are.
        bool NeedsRedis(IServiceProvider s) => settings(s).Options is { RedisUrl.Length: > 0 } options && !(hasDatabase && options.KeepInPostgres);
    }

    public static void Observe(IServiceProvider services)
    {
        var (metrics, revoked, hearing) = (services.GetRequiredService<AuthMetrics>(), services.GetRequiredService<RevocationList>(), services.GetRequiredService<Hearing>());
        metrics.Observe("sluice.auth.denylist.entries", "Revoked tokens and sessions in memory.", () => revoked.Count);
        metrics.Observe("sluice.auth.denylist.age", "Seconds since revocations could last be read; -1 for never.", () => hearing.Age(Clock(services).GetUtcNow()) is var age && age == TimeSpan.MaxValue ? -1 : (long)age.TotalSeconds);
        if (services.GetService<RedisDenylist>() is { } redis)
        {
            metrics.Observe("sluice.auth.redis.connected", "1 while Redis answers.", () => redis.IsConnected ? 1 : 0);
        }
    }

    private static TimeProvider Clock(IServiceProvider services) => services.GetRequiredService<TimeProvider>();
}
