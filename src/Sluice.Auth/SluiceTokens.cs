using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
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

    /// <summary>
    /// In the place of `UseAuthentication()` and `UseAuthorization()`: what they do, faster for endpoints that ask for a valid access token and
    /// no more. For applications of `AddSluiceAuth`, too.
    /// </summary>
    public static IApplicationBuilder UseSluiceTokens(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // A WebApplication adds both in front of everything where nobody has noted that they are there.
        foreach (var (key, value) in Standard().Properties)
        {
            app.Properties.TryAdd(key, value);
        }

        return app.Use(next =>
        {
            var standard = Standard();
            standard.Run(next);
            return new TokenMiddleware(next, standard.Build(), app.ApplicationServices.GetRequiredService<VerifiedTokens>()).InvokeAsync;
        });

        IApplicationBuilder Standard() => app.New().UseAuthentication().UseAuthorization();
    }

    private static TokenReader Reader(KeyRing keys, SluiceTokensOptions options) => new(keys, options.Issuer, options.Audience, options.ClockSkew);
}
