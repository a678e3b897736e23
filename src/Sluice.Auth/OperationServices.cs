using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Health;
using Sluice.Auth.Lockout;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;
using Sluice.Auth.Upkeep;

namespace Sluice.Auth;

/// <summary>What guards and accounts for sign-ins, and what cleans up after them. <see cref="Upkeep.UpkeepService"/> is the host's to start.</summary>
internal static class OperationServices
{
    public static IServiceCollection AddOperation(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<AuthMetrics>().AddSingleton<MetricsText>()
        .AddSingleton<AuditLog>().AddSingleton<Announcer>().AddSingleton<AuditSeals>().AddSingleton<AuditMonths>()
        .AddSingleton<SignInAttempts>().AddSingleton<RateLimits>()
        .AddSingleton(s => new DeviceCookie(s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value))
        .AddSingleton<Countries>().AddSingleton<SignInPlaces>()
        .AddSingleton(s => new TrustedProxies(s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.TrustedProxies, s.GetRequiredService<Countries>()))
        .AddSingleton<UpkeepJobs>().AddSingleton<Readiness>();
}
