using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Clients;
using Sluice.Auth.Provider;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

/// <summary>The authorization server, and those whom it knows.</summary>
internal static class ProviderServices
{
    public static IServiceCollection AddProvider(this IServiceCollection services) => services
        .AddSingleton<KnownClients>().AddSingleton<ClientCredentials>().AddSingleton<ClientTokens>().AddSingleton<RevokeToken>().AddSingleton<IntrospectToken>()
        .AddSingleton<IdTokens>().AddSingleton<CodeStore>().AddSingleton<ConsentStore>().AddSingleton<BrowserSession>().AddSingleton<PageSeal>()
        .AddSingleton<Authorize>().AddSingleton<RedeemCode>().AddSingleton<RefreshForClient>().AddSingleton<ClientAlone>().AddSingleton<UserInfo>().AddSingleton<EndSession>().AddSingleton<WithdrawConsent>();
}
