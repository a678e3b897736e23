using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;

namespace Sluice.Auth;

/// <summary>Redis, for hosts that have one. Whether they do is known with the options, not before.</summary>
internal static class RedisServices
{
    public static IServiceCollection AddRedisDenylist(this IServiceCollection services, Func<IServiceProvider, RevocationOptions> options) =>
        // Null is what GetService gives where there is none.
        services.AddSingleton(s => RedisDenylist.Of(options(s), s.GetRequiredService<TimeProvider>())!);

    public static IServiceCollection AddRedisFeed(this IServiceCollection services, Func<IServiceProvider, TimeSpan> poll) => services.AddHostedService(s => new RedisFeed(
        s.GetService<RedisDenylist>(), s.GetRequiredService<RevocationList>(), s.GetRequiredService<Hearing>(), poll(s), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<RedisFeed>>()));
}
