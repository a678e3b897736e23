using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth.Audit;
using Sluice.Auth.Identities;
using Sluice.Auth.Storage;
using Sluice.Auth.Upkeep;

namespace Sluice.Auth;

/// <summary>Sign-in with other providers, and what is done for it in the background.</summary>
internal static class IdentityServices
{
    public static IServiceCollection AddIdentities(this IServiceCollection services) => services
        .AddSingleton<ProviderCalls>().AddSingleton<Providers>().AddSingleton<AttemptCookie>()
        .AddSingleton<IdentityStore>().AddSingleton<SignInStore>().AddSingleton<GitHubGrants>()
        .AddSingleton<AdmitIdentity>().AddSingleton<StartSignIn>().AddSingleton<FinishSignIn>().AddSingleton<ExchangeCode>().AddSingleton<UnlinkIdentity>()
        .AddSingleton(s => new GitHubTokens(
            s.GetRequiredService<AuthDatabase>(), s.GetRequiredService<GitHubGrants>(), s.GetRequiredService<Providers>(), s.GetRequiredService<AuditLog>(), s.GetRequiredService<Announcer>(),
            s.GetRequiredService<ILogger<GitHubTokens>>()))
        .AddSingleton(s => new UpkeepJob("github_tokens", "tokens", TimeSpan.FromMinutes(5), s.GetRequiredService<GitHubTokens>().RenewDueAsync))
        .AddSingleton(s => new UpkeepJob("github_revocations", "tokens", TimeSpan.FromMinutes(1), (most, cancellation) => s.GetRequiredService<GitHubTokens>().RevokeDueAsync(most, null, cancellation)));
}
