using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;

namespace Sluice.Auth;

/// <summary>For services that accept the tokens of another: no database, no accounts.</summary>
public static class SluiceTokens
{
    /// <summary>
    /// `Authorization: Bearer …`, verified with the issuer's keys. What was revoked is heard of where Revocation.RedisUrl says; without it
    /// a token holds until it expires.
    /// </summary>
    public static IServiceCollection AddSluiceTokens(this IServiceCollection services, Action<SluiceTokensOptions> configure)
    {
        services.AddOptions<SluiceTokensOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SluiceTokensOptions>, TokensOptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<KeyRing>().AddSingleton<VerifiedTokens>();
        services.AddSingleton(s => Reader(s.GetRequiredService<KeyRing>(), s.GetRequiredService<IOptions<SluiceTokensOptions>>().Value));
        services.AddHostedService<RemoteKeys>();
        services.AddRevocation(hasDatabase: false, s =>
        {
            var o = s.GetRequiredService<IOptions<SluiceTokensOptions>>().Value;
            return (o.Revocation, o.RevocationPoll);
        });
        services.AddRoles(s => s.GetRequiredService<IOptions<SluiceTokensOptions>>().Value.Administrator);
        SluiceTokenHandler.Add(services);
        services.AddAuthorization(SecondFactorPolicy.Add);
        return services;
    }

    private static TokenReader Reader(KeyRing keys, SluiceTokensOptions options) => new(keys, options.Issuer, options.Audience, options.ClockSkew);
}
