using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Auth.Tokens;

/// <summary>
/// Lets a valid token of ours in where the endpoint asks for no more than one, or for nothing. Whatever else there may be to decide goes to
/// ASP.NET Core's own middleware: other schemes, policies, refusals, and what the application has put in their place.
/// </summary>
/// <param name="next">Behind authentication and authorization.</param>
/// <param name="standard">ASP.NET Core's, and behind it the same.</param>
internal sealed class TokenMiddleware(RequestDelegate next, RequestDelegate standard, VerifiedTokens tokens)
{
    // Without it ASP.NET Core does not serve an endpoint that asks for authorization.
    private const string Authorized = "__AuthorizationMiddlewareWithEndpointInvoked";

    private static readonly object Yes = new();
    private static readonly object No = new();

    // What ASP.NET Core's would ask: only where all of it is its own do we know the answer.
    private static readonly Type[] Asked =
    [
        typeof(IAuthenticationService), typeof(IAuthenticationSchemeProvider), typeof(IAuthenticationHandlerProvider), typeof(IClaimsTransformation), typeof(IPolicyEvaluator), typeof(IAuthorizationService),
        typeof(IAuthorizationHandlerProvider), typeof(IAuthorizationHandlerContextFactory), typeof(IAuthorizationEvaluator), typeof(IAuthorizationMiddlewareResultHandler),
    ];

    private readonly ConditionalWeakTable<Endpoint, object> suffices = [];

    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint() is not { } endpoint ? standard(context)
        : suffices.TryGetValue(endpoint, out var known) ? GoAsync(context, known)
        : LookAsync(context, endpoint);

    private Task GoAsync(HttpContext context, object suffices)
    {
        if (suffices == No)
        {
            return standard(context);
        }

        var header = context.Request.Headers.Authorization.ToString();
        var text = SluiceTokenHandler.Bearer(header);
        if (text.IsEmpty)
        {
            return standard(context);
        }

        if (tokens.Verify(text) is not { } token)
        {
            SluiceTokenHandler.NoteRefused(context, header);
            return standard(context);
        }

        var bearer = new TokenFeature(token);
        context.Features.Set<IHttpAuthenticationFeature>(bearer);
        context.Features.Set<IAuthenticateResultFeature>(bearer);
        context.Items[Authorized] = Yes;
        return next(context);
    }

    private async Task LookAsync(HttpContext context, Endpoint endpoint)
    {
        var found = await IsEnoughAsync(context.RequestServices, endpoint) ? Yes : No;
        suffices.AddOrUpdate(endpoint, found);
        await GoAsync(context, found);
    }

    /// <summary>Whether a valid token is all that it takes.</summary>
    private static async Task<bool> IsEnoughAsync(IServiceProvider services, Endpoint endpoint)
    {
        var schemes = services.GetRequiredService<IAuthenticationSchemeProvider>();
        var policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        if (await schemes.GetDefaultAuthenticateSchemeAsync() is not { Name: AccessToken.Scheme } scheme || scheme.HandlerType != typeof(SluiceTokenHandler)
            || (await schemes.GetRequestHandlerSchemesAsync()).Any() || !policies.AllowsCachingPolicies
            || !Array.TrueForAll(Asked, type => IsFrameworks(services.GetRequiredService(type)))
            // One of the application's own may refuse what no policy speaks of.
            || !services.GetServices<IAuthorizationHandler>().All(h => IsFrameworks(h) || h.GetType().Assembly == typeof(TokenMiddleware).Assembly)
            || endpoint.Metadata.GetMetadata<IAuthorizationRequirementData>() is not null)
        {
            return false;
        }

        var policy = await AuthorizationPolicy.CombineAsync(policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>());
        return policy is null
            || (policy.AuthenticationSchemes.All(s => s == AccessToken.Scheme) && policy.Requirements.All(r => r.GetType() == typeof(DenyAnonymousAuthorizationRequirement)));
    }

    private static bool IsFrameworks(object service) => service.GetType().Assembly.GetName().Name!.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal);
}
