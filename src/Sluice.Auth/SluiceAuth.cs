using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Administration;
using Sluice.Auth.AllowList;
using Sluice.Auth.Audit;
using Sluice.Auth.Clients;
using Sluice.Auth.Factors;
using Sluice.Auth.Idempotency;
using Sluice.Auth.Identities;
using Sluice.Auth.Importing;
using Sluice.Auth.Links;
using Sluice.Auth.Lockout;
using Sluice.Auth.Mail;
using Sluice.Auth.Metrics;
using Sluice.Auth.Passwords;
using Sluice.Auth.Provider;
using Sluice.Auth.Revocation;
using Sluice.Auth.Roles;
using Sluice.Auth.SelfService;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Upkeep;
using Sluice.Auth.Web;

namespace Sluice.Auth;

/// <summary>The two lines that an application adds.</summary>
public static class SluiceAuth
{
    /// <summary>The name of the authentication scheme.</summary>
    public const string Scheme = AccessToken.Scheme;

    /// <summary>Accounts, sessions and tokens. What is wrong with the options is said at start.</summary>
    public static IServiceCollection AddSluiceAuth(this IServiceCollection services, Action<SluiceAuthOptions> configure)
    {
        services.AddOptions<SluiceAuthOptions>().Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SluiceAuthOptions>, OptionsCheck>();
        services.TryAddSingleton(TimeProvider.System);

        services.AddSingleton<AuthDatabase>().AddSingleton<SchemaMigration>().AddSingleton<HashingGate>();
        services.AddSingleton<Revocations>().AddSingleton<KeyRing>().AddSingleton<StoredKeys>().AddSingleton<TokenWriter>().AddSingleton<VerifiedTokens>();
        services.AddSingleton(s => Reader(s.GetRequiredService<KeyRing>(), s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value));
        services.AddSingleton<RoleStore>().AddSingleton<Enrichment>();
        services.AddSingleton(s => new RoleAdministration(
            s.GetRequiredService<AuthDatabase>(), s.GetRequiredService<RoleStore>(), s.GetRequiredService<Revocations>(), s.GetRequiredService<AuditLog>(), s.GetRequiredService<Announcer>(),
            s.GetRequiredService<IOptions<SluiceAuthOptions>>(), s.GetRequiredService<TimeProvider>()));
        services.AddRoles(s => s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Roles.Administrator);
        services.AddSingleton<SessionStore>().AddSingleton<Rotations>().AddSingleton<TrustedDevices>().AddSingleton<Fingerprint>().AddSingleton<SessionIssuer>();
        services.AddProvider();
        services.AddSingleton<FactorStore>().AddSingleton<ChallengeStore>().AddSingleton<FactorSecrets>().AddSingleton<FactorRights>().AddSingleton<Challenges>();
        services.AddSingleton<EnrolFactor>().AddSingleton<ActivateFactor>().AddSingleton<RemoveFactor>().AddSingleton<RecoveryCodes>();
        services.AddIdempotency();
        services.AddIdentities();
        services.AddMail();
        services.AddAllowList();
        services.AddSingleton<AccountStore>().AddSingleton<Register>().AddSingleton<Login>().AddSingleton<SecondFactor>().AddSingleton<ConfirmPassword>().AddSingleton<NewPassword>().AddSingleton<ChangePassword>().AddSingleton<ChangeProfile>().AddSingleton<DeleteAccount>().AddSingleton<Import>();
        services.AddAdministration();
        services.AddSelfService();

        // In this order: the tables, then what is read from them.
        services.AddHostedService<SchemaAtStart>();
        services.AddHostedService(s => s.GetRequiredService<StoredKeys>());
        services.AddHostedService<RevocationFeed>();
        services.AddRevocation(hasDatabase: true, s =>
        {
            var o = s.GetRequiredService<IOptions<SluiceAuthOptions>>().Value;
            return (o.Revocation, o.Tokens.RevocationPoll);
        });
        services.AddOperation().AddHostedService<UpkeepService>();
        services.AddHostedService(s => s.GetRequiredService<Delivery>());

        SluiceTokenHandler.Add(services);
        services.AddAuthorization(SecondFactorPolicy.Add);
        return services;
    }

    /// <summary>The routes below a prefix, and what verifiers read below the issuer's path.</summary>
    /// <returns>For conventions of all routes, of single ones, and for handlers of the host's own.</returns>
    public static SluiceAuthRoutes MapSluiceAuth(this IEndpointRouteBuilder routes, string prefix = "/auth/v1")
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<SluiceAuthOptions>>().Value;
        Observe(routes.ServiceProvider);
        var (group, mapped) = (routes.MapGroup(prefix), new SluiceAuthRoutes(options.DisabledRoutes));
        if (options.Cookies.Origins.Count > 0)
        {
            group.MapMethods("/{**path}", ["OPTIONS"], (RequestDelegate)(context => Origins.AnswerPreflightAsync(context, options))).ExcludeFromDescription();
        }

        AccountEndpoints.Map(group, mapped);
        SessionEndpoints.Map(group, mapped);
        LinkEndpoints.Map(group, mapped, options.Mail);
        InvitationEndpoints.Map(group, mapped, options.Mail);
        if (routes.ServiceProvider.GetRequiredService<AuthDatabase>().Names.Has("sessions.aal"))
        {
            AccountEndpoints.MapSecondFactor(group, mapped);
            FactorEndpoints.Map(group, mapped);
            TrustedDeviceEndpoints.Map(group, mapped);
        }

        IdentityEndpoints.Map(group, mapped, options, prefix);
        ClientEndpoints.Map(group, mapped);
        UserEndpoints.Map(group, mapped, options.Mail.IsOn);
        LogEndpoints.Map(group, mapped);
        AllowListEndpoints.Map(group, mapped, options.Mail.IsOn);
        PreferenceEndpoints.Map(group, mapped);
        NotificationEndpoints.Map(group, mapped);
        ProviderEndpoints.Map(group, mapped, options);
        WellKnownEndpoints.Map(routes, mapped, options, prefix);
        foreach (var route in AuthRoutes.Idempotent.Where(mapped.Has))
        {
            mapped[route].AcceptIdempotencyKey().Add(Keep);
        }

        return mapped;
    }

    // The host needs no middleware for our own routes. A key is its caller's, so the caller is known before.
    private static void Keep(EndpointBuilder endpoint)
    {
        var kept = ActivatorUtilities.CreateInstance<IdempotencyMiddleware>(endpoint.ApplicationServices, endpoint.RequestDelegate!);
        var tokens = endpoint.ApplicationServices.GetRequiredService<VerifiedTokens>();
        endpoint.RequestDelegate = context =>
        {
            if (tokens.Verify(SluiceTokenHandler.Bearer(context.Request.Headers.Authorization.ToString())) is { } token)
            {
                context.User = token.NewPrincipal();
            }

            return kept.InvokeAsync(context);
        };
    }

    // Looked up only when somebody collects metrics.
    private static void Observe(IServiceProvider services)
    {
        RevocationServices.Observe(services);
        var (metrics, gate) = (services.GetRequiredService<AuthMetrics>(), services.GetRequiredService<HashingGate>());
        metrics.Observe("sluice.auth.hash.inside", "Passwords that are hashed, or wait to be.", () => gate.Inside);
    }

    private static TokenReader Reader(KeyRing keys, SluiceAuthOptions options) => new(keys, options.Issuer, options.Audience, options.Tokens.ClockSkew);
}
