using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Lockout;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Routes of sessions: read, run, answer.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.Refresh, "POST", "/token/refresh", Guarded.Open(RefreshAsync), new("The next access and refresh token.", RefreshAsync)
        {
            Takes = typeof(RefreshRequest), Answers = [(200, typeof(SessionTokens))], Refusals = [401, 429, 503],
        });
        routes.Map(at, AuthRoutes.Logout, "POST", "/logout", Guarded.WithToken(LogoutAsync), new("Ends this session (`?scope=local`), the `others`, or all (`global`).", LogoutAsync) { Answers = [(204, null)], Refusals = [400, 401, 503] });
        routes.Map(at, AuthRoutes.Sessions, "GET", "/me/sessions", Guarded.WithToken(ListAsync), new("Where the account is signed in.", ListAsync) { Answers = [(200, typeof(SessionList))], Refusals = [401, 503] });
        routes.Map(at, AuthRoutes.RevokeSession, "DELETE", "/me/sessions/{id}", Guarded.WithToken(RevokeAsync), new("Ends one session.", RevokeAsync) { Answers = [(204, null)], Refusals = [401, 404, 503] });
        routes.Map(at, AuthRoutes.RevokeSessions, "DELETE", "/me/sessions", Guarded.WithToken(RevokeAllAsync), new("Ends all sessions, or all but this one (`?except=current`).", RevokeAllAsync) { Answers = [(204, null)], Refusals = [400, 401, 503] });
    }

    private static Task RefreshAsync(HttpContext context) => Asked.ReadAsync(context, SessionJson.Default.RefreshRequest, async request =>
    {
        var (services, client, cancellation) = (context.RequestServices, Asked.From(context), context.RequestAborted);
        if ((RefreshCookie.Read(context) ?? request.RefreshToken) is not { } token)
        {
            await Answer.RefuseAsync(context, Refusal.Invalid("The body is not the JSON that this route takes, at $.refreshToken."));
            return;
        }

        var outcome = await services.GetRequiredService<SessionIssuer>().RefreshAsync(token, client, cancellation);
        if (outcome.Refusal is not null)
        {
            var limit = services.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.RateLimits.RefusedRefreshesPerClient;
            outcome = await services.GetRequiredService<RateLimits>().TakeAsync("refresh_refused", ClientKey.Of(client.Ip), limit, cancellation) ?? outcome.Refusal;
        }

        await WriteAsync(context, outcome);
    });

    /// <summary>A session, its refresh token where the client keeps it.</summary>
    public static Task WriteAsync(HttpContext context, Outcome<SessionTokens> outcome, int status = 200)
    {
        if (outcome.Refusal == Refusal.RefreshToken)
        {
            RefreshCookie.Drop(context);
        }

        return Answer.WriteAsync(context, outcome.Value is { } tokens ? RefreshCookie.Keep(context, tokens) : outcome, SessionJson.Default.SessionTokens, status);
    }

    private static Task LogoutAsync(HttpContext context, AccessToken token) => (context.Request.Query["scope"].ToString() is { Length: > 0 } scope ? scope : "local") switch
    {
        "local" => EndAsync(context, token, token.SessionId, null, "logout"),
        "others" => EndAsync(context, token, null, token.SessionId, "logout_others"),
        "global" => EndAsync(context, token, null, null, "logout_global"),
        _ => Answer.RefuseAsync(context, Refusal.Invalid("scope is `local`, `others` or `global`.")),
    };

    private static async Task ListAsync(HttpContext context, AccessToken token)
    {
        var sessions = await context.RequestServices.GetRequiredService<SessionStore>().ListAsync(token.Subject, token.SessionId, context.RequestAborted);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new SessionList(sessions), SessionJson.Default.SessionList);
    }

    // Another's session is not there, as one that never was.
    private static Task RevokeAsync(HttpContext context, AccessToken token) =>
        context.Request.RouteValues["id"] is string id && context.RequestServices.GetRequiredService<AuthDatabase>().IsId(id)
            ? EndAsync(context, token, id, null, "session_revoked", mustBeThere: true)
            : Answer.RefuseAsync(context, Refusal.NotFound);

    private static Task RevokeAllAsync(HttpContext context, AccessToken token) => context.Request.Query["except"].ToString() switch
    {
        "" => EndAsync(context, token, null, null, "sessions_revoked"),
        "current" => EndAsync(context, token, null, token.SessionId, "sessions_revoked"),
        _ => Answer.RefuseAsync(context, Refusal.Invalid("except is `current`, or left out.")),
    };

    private static async Task EndAsync(HttpContext context, AccessToken token, string? only, string? except, string reason, bool mustBeThere = false)
    {
        var ended = await context.RequestServices.GetRequiredService<SessionIssuer>().EndAsync(
            new Ending(token.Subject, only, except, reason, token.Subject) { AndBornOf = true },
            AuditEvent.Of(reason, token.Subject, only ?? token.SessionId, Asked.From(context)),
            [],
            ended => ended.Count > 0 || !mustBeThere,
            context.RequestAborted);
        if (ended is null)
        {
            await Answer.RefuseAsync(context, Refusal.NotFound);
            return;
        }

        if (except is null && (only is null || only == token.SessionId))
        {
            RefreshCookie.Drop(context);
        }

        await Answer.DoneAsync(context);
    }
}
