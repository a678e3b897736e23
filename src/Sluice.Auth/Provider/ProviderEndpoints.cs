using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Clients;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Routes of the authorization server: read, run, answer. They are there for clients that get tokens.</summary>
internal static class ProviderEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, SluiceAuthOptions options)
    {
        if (options.Clients.Any(c => !c.IsService))
        {
            routes.Map(at, AuthRoutes.Token, "POST", ProviderPaths.Token, Guarded.Open(TokenAsync), new("Tokens for a code, a refresh token or a client itself (RFC 6749; a form).", TokenAsync)
            {
                Answers = [(200, typeof(TokenAnswer)), (400, typeof(OAuthError)), (401, typeof(OAuthError)), (415, typeof(OAuthError))], Refusals = [503],
            });
        }

        if (options.Clients.All(c => c.RedirectUris.Count == 0))
        {
            return;
        }

        routes.Map(at, AuthRoutes.Authorize, "GET", ProviderPaths.Authorize, Guarded.Open(AuthorizeEndpoints.ShowAsync), new("A page to sign in and to allow a client, then back to it with a code (RFC 6749, OpenID Connect).", AuthorizeEndpoints.ShowAsync) { Answers = [(303, null)], Pages = [200, 400, 403], Refusals = [503] });
        routes.Map(at, AuthRoutes.AuthorizeForm, "POST", ProviderPaths.Authorize, Guarded.Open(AuthorizeEndpoints.SendAsync), new("What that page sends; a request as a form is shown as an address.", AuthorizeEndpoints.SendAsync) { Answers = [(303, null)], Pages = [200, 400, 401, 403, 422, 429, 503], Refusals = [503] });
        foreach (var (route, method) in new[] { (AuthRoutes.UserInfo, "GET"), (AuthRoutes.UserInfoForm, "POST") })
        {
            routes.Map(at, route, method, ProviderPaths.UserInfo, Guarded.Open(UserInfoAsync), new("What the scopes of the access token tell of its user.", UserInfoAsync) { Answers = [(200, typeof(UserInfoAnswer))], Refusals = [401, 403, 503] });
        }

        routes.Map(at, AuthRoutes.EndSession, "GET", ProviderPaths.EndSession, Guarded.Open(EndSessionEndpoints.AskAsync), new("Signs the browser out, with an ID token at once, otherwise when its user says so.", EndSessionEndpoints.AskAsync) { Answers = [(303, null)], Pages = [200, 400], Refusals = [503] });
        routes.Map(at, AuthRoutes.EndSessionForm, "POST", ProviderPaths.EndSession, Guarded.Open(EndSessionEndpoints.SendAsync), new("What that page sends; a request as a form is shown as an address.", EndSessionEndpoints.SendAsync) { Answers = [(303, null)], Pages = [200, 400, 403], Refusals = [503] });
        routes.Map(at, AuthRoutes.Consents, "GET", "/me/consents", Guarded.WithToken(ListAsync), new("What clients are allowed.", ListAsync) { Answers = [(200, typeof(ConsentList))], Refusals = [401, 503] });
        routes.Map(at, AuthRoutes.WithdrawConsent, "DELETE", "/me/consents/{client}", Guarded.WithToken(WithdrawAsync), new("Takes back what a client is allowed, and ends its sessions.", WithdrawAsync) { Answers = [(204, null)], Refusals = [401, 404, 503] });
    }

    private static Task TokenAsync(HttpContext context) => ClientEndpoints.WithFormAsync(context, async (client, form) =>
    {
        var (services, asking, cancellation) = (context.RequestServices, Asked.From(context), context.RequestAborted);
        var grant = form.GetValueOrDefault("grant_type");
        var (answer, refusal) = grant switch
        {
            null => (null, OAuthError.Invalid("The form has no `grant_type`.")),
            "authorization_code" or "refresh_token" or "client_credentials" when !client.MayUse(grant) => (null, new OAuthError(400, "unauthorized_client", "The client may not use this grant.")),
            "authorization_code" => await services.GetRequiredService<RedeemCode>().RunAsync(client, form, asking, cancellation),
            "refresh_token" => await services.GetRequiredService<RefreshForClient>().RunAsync(client, form, asking, cancellation),
            "client_credentials" => await services.GetRequiredService<ClientAlone>().RunAsync(client, form, asking, cancellation),
            _ => (null, new OAuthError(400, "unsupported_grant_type", "There are authorization_code, refresh_token and client_credentials.")),
        };
        await (answer is null ? ClientEndpoints.RefuseAsync(context, refusal!) : Answer.WriteAsync(context, StatusCodes.Status200OK, answer, ProviderJson.Default.TokenAnswer));
    });

    private static async Task UserInfoAsync(HttpContext context) => await Answer.WriteAsync(
        context,
        await context.RequestServices.GetRequiredService<UserInfo>().RunAsync(SluiceTokenHandler.Bearer(context.Request.Headers.Authorization.ToString()).ToString(), context.RequestAborted),
        ProviderJson.Default.UserInfoAnswer);

    private static async Task ListAsync(HttpContext context, AccessToken token)
    {
        var clients = context.RequestServices.GetRequiredService<KnownClients>();
        var all = await context.RequestServices.GetRequiredService<ConsentStore>().ListAsync(token.Subject, context.RequestAborted);
        var shown = all.Select(c => new ConsentView(c.ClientId, clients.Find(c.ClientId)?.Shown ?? c.ClientId, c.Scope.Split(' '), c.GrantedAt)).ToList();
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new ConsentList(shown), ProviderJson.Default.ConsentList);
    }

    private static async Task WithdrawAsync(HttpContext context, AccessToken token) => await Answer.DoneAsync(
        context,
        context.Request.RouteValues["client"] is string client
            ? await context.RequestServices.GetRequiredService<WithdrawConsent>().RunAsync(token, client, Asked.From(context), context.RequestAborted)
            : Refusal.NotFound);
}
