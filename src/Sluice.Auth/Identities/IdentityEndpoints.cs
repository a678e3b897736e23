using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Lockout;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Routes of other providers: read, run, answer. A browser that comes from one is sent on to the application, with a code or with why not.</summary>
internal static class IdentityEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, SluiceAuthOptions options, string prefix)
    {
        if (options.Identities.Providers.Count == 0)
        {
            return;
        }

        var below = $"{new Uri(options.Issuer).GetLeftPart(UriPartial.Authority)}/{prefix.Trim('/')}";
        var ownPage = options.Clients.Any(c => c.RedirectUris.Count > 0) ? below + ProviderPaths.Authorize : "";
        routes.Map(at, AuthRoutes.OAuthStart, "GET", "/oauth/{provider}/start", Guarded.Open(StartAsync), new("Sends a browser to a provider (`redirectUri`, `codeChallenge`, `state`).", StartAsync)
        {
            Answers = [(302, null)], Refusals = [400, 404, 502, 503],
        });
        routes.Map(at, AuthRoutes.OAuthCallback, "GET", "/oauth/{provider}/callback", Guarded.Open(FinishAsync), new("Where a provider sends the browser back; on to the application with `code` or `error`.", FinishAsync)
        {
            Answers = [(302, null)], Refusals = [400, 429, 503],
        });
        routes.Map(at, AuthRoutes.OAuthExchange, "POST", "/oauth/exchange", Guarded.Open(ExchangeAsync), new("The code and its verifier for a session.", ExchangeAsync)
        {
            Takes = typeof(ExchangeRequest), Answers = [(200, typeof(SessionTokens))], Refusals = [401, 403, 429, 503],
        });
        routes.Map(at, AuthRoutes.Identities, "GET", "/me/identities", Guarded.WithToken(ListAsync), new("The providers that the account is linked to.", ListAsync) { Answers = [(200, typeof(IdentityList))], Refusals = [401, 503] });
        routes.Map(at, AuthRoutes.LinkIdentity, "GET", "/me/identities/{provider}/link", Guarded.WithToken(LinkAsync), new("An address to send the browser to, to link a provider (`redirectUri`, `state`).", LinkAsync)
        {
            Answers = [(200, typeof(LinkStarted))], Refusals = [400, 401, 403, 404, 502, 503],
        });
        routes.Map(at, AuthRoutes.UnlinkIdentity, "DELETE", "/me/identities/{provider}", Guarded.WithToken(UnlinkAsync), new("One provider less; 202 where it has still to hear of it.", UnlinkAsync)
        {
            Answers = [(204, null), (202, typeof(UnlinkAnswer))], Refusals = [401, 403, 404, 409, 503],
        });

        async Task StartAsync(HttpContext context)
        {
            var outcome = await Get<StartSignIn>(context).RunAsync(Name(context), Query(context, "redirectUri"), Query(context, "codeChallenge"), Query(context, "state"), Callback(context), ownPage, context.RequestAborted);
            if (outcome.Value is not { } started)
            {
                await Answer.RefuseAsync(context, outcome.Refusal!);
                return;
            }

            Get<AttemptCookie>(context).Keep(context.Response, started.Attempt);
            Redirect(context, started.Address);
        }

        async Task FinishAsync(HttpContext context)
        {
            var attempt = Get<AttemptCookie>(context).Read(context.Request);
            var returned = new Returned(Query(context, "state"), Query(context, "code"), Query(context, "error"), context.Request.Query.ContainsKey("iss") ? Query(context, "iss") : null);
            var outcome = await Get<FinishSignIn>(context).RunAsync(Name(context), attempt, returned, Callback(context), Asked.From(context), context.RequestAborted);
            if (outcome.Value is not { } finished)
            {
                await Answer.RefuseAsync(context, outcome.Refusal!);
                return;
            }

            AttemptCookie.Drop(context.Response);
            Redirect(context, QueryHelpers.AddQueryString(finished.Attempt.RedirectUri, new Dictionary<string, string?>
            {
                ["code"] = finished.Code,
                ["linked"] = finished is { Error: null, Code: null } ? finished.Attempt.Provider : null,
                ["error"] = finished.Error,
                ["state"] = finished.Attempt.AppState,
            }.Where(p => p.Value is not null)));
        }

        async Task LinkAsync(HttpContext context, AccessToken token)
        {
            var outcome = await Get<StartSignIn>(context).LinkAsync(token, Name(context), Query(context, "redirectUri"), Query(context, "state"), Callback(context), context.RequestAborted);
            if (outcome.Value is { } started)
            {
                Get<AttemptCookie>(context).Keep(context.Response, started.Attempt);
            }

            await Answer.WriteAsync(context, outcome.Value is { } to ? new LinkStarted(to.Address) : new Outcome<LinkStarted>(null, outcome.Refusal), IdentityJson.Default.LinkStarted);
        }

        // What the provider knows us by: the host's word, never a request's.
        string Callback(HttpContext context) => $"{below}/oauth/{Name(context)}/callback";
    }

    private static Task ExchangeAsync(HttpContext context) => Asked.ReadAsync(context, IdentityJson.Default.ExchangeRequest, async request =>
        await SessionEndpoints.WriteAsync(context, await Get<ExchangeCode>(context).RunAsync(request, context.Request.Cookies[DeviceCookie.Name], Asked.From(context), context.RequestAborted)));

    private static async Task ListAsync(HttpContext context, AccessToken token) =>
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new IdentityList(await Get<IdentityStore>(context).ListAsync(token.Subject, context.RequestAborted)), IdentityJson.Default.IdentityList);

    private static async Task UnlinkAsync(HttpContext context, AccessToken token)
    {
        var outcome = await Get<UnlinkIdentity>(context).RunAsync(token, Name(context) ?? "", Asked.From(context), context.RequestAborted);
        await (outcome.Value is { IsRevoked: false }
            ? Answer.WriteAsync(context, StatusCodes.Status202Accepted, new UnlinkAnswer("revocation_waiting"), IdentityJson.Default.UnlinkAnswer)
            : Answer.DoneAsync(context, outcome.Refusal));
    }

    // The address has a code, or what one is made with: it goes to nobody else.
    private static void Redirect(HttpContext context, string address)
    {
        Answer.Harden(context.Response, StatusCodes.Status302Found);
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.Location = address;
    }

    private static string Query(HttpContext context, string name) => context.Request.Query[name] is [{ } only] ? only : "";

    private static string? Name(HttpContext context) => context.Request.RouteValues["provider"] as string;

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
