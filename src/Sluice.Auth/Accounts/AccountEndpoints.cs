using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Factors;
using Sluice.Auth.Lockout;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Routes of accounts: read, run, answer.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.Register, "POST", "/register", Guarded.Open(RegisterAsync), new("Makes an account.", RegisterAsync)
        {
            Takes = typeof(RegisterRequest), Answers = [(201, typeof(SessionTokens)), (202, typeof(StatusAnswer))], Refusals = [403, 409, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.Login, "POST", "/login", Guarded.Open(LoginAsync), new("Signs in with a password.", LoginAsync)
        {
            Takes = typeof(LoginRequest), Answers = [(200, typeof(SessionTokens))], Refusals = [401, 403, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.Me, "GET", "/me", Guarded.WithToken(MeAsync), new("The account of the token.", MeAsync) { Answers = [(200, typeof(Profile)), (304, null)], Refusals = [401, 503] });
        routes.Map(at, AuthRoutes.UpdateMe, "PATCH", "/me", Guarded.WithToken(UpdateAsync), new("Other names and metadata; what is left out stays (RFC 7396). With If-Match only if it is what you read.", UpdateAsync)
        {
            Takes = typeof(ProfileChange), Answers = [(200, typeof(Profile))], Refusals = [401, 409, 412, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.ChangePassword, "POST", "/me/password", Guarded.WithToken(ChangePasswordAsync), new("Another password; the other sessions end.", ChangePasswordAsync)
        {
            Takes = typeof(ChangePasswordRequest), Answers = [(204, null)], Refusals = [401, 409, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.DeleteMe, "DELETE", "/me", Guarded.WithToken(DeleteAsync), new("Deletes the account; its address is free again.", DeleteAsync)
        {
            Takes = typeof(DeleteRequest), Answers = [(204, null)], Refusals = [401, 403, 409, 429, 503],
        });
    }

    /// <summary>Where sessions know what they are worth.</summary>
    public static void MapSecondFactor(IEndpointRouteBuilder at, SluiceAuthRoutes routes) =>
        routes.Map(at, AuthRoutes.LoginMfa, "POST", "/login/mfa", Guarded.Open(PassAsync), new("Shows the second factor, for a sign-in or for a session.", PassAsync)
        {
            Takes = typeof(SecondFactorRequest), Answers = [(200, typeof(SessionTokens))], Refusals = [401, 403, 422, 429, 503],
        });

    private static Task RegisterAsync(HttpContext context) => Asked.ReadAsync(context, AccountJson.Default.RegisterRequest, async request =>
    {
        var outcome = await context.RequestServices.GetRequiredService<Register>().RunAsync(request, Asked.From(context), context.RequestAborted);
        await (outcome switch
        {
            { Refusal: { } refusal } => Answer.RefuseAsync(context, refusal),
            { Value.Session: { } session } => SessionEndpoints.WriteAsync(context, session, StatusCodes.Status201Created),
            _ => Answer.WriteAsync(context, StatusCodes.Status202Accepted, new StatusAnswer("verification_sent"), AccountJson.Default.StatusAnswer),
        });
    });

    private static Task LoginAsync(HttpContext context) => Asked.ReadAsync(context, AccountJson.Default.LoginRequest, async request =>
    {
        var cookie = context.Request.Cookies[DeviceCookie.Name];
        var outcome = await context.RequestServices.GetRequiredService<Login>().RunAsync(request, cookie, context.Request.Cookies[TrustedDeviceEndpoints.Cookie], Asked.From(context), context.RequestAborted);
        if (outcome.Value is { User.Email: var email })
        {
            context.RequestServices.GetRequiredService<DeviceCookie>().Keep(context.Response, email, cookie, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        }

        await SessionEndpoints.WriteAsync(context, outcome);
    });

    private static Task PassAsync(HttpContext context) => Asked.ReadAsync(context, FactorJson.Default.SecondFactorRequest, async request =>
    {
        var outcome = await context.RequestServices.GetRequiredService<SecondFactor>().RunAsync(request, Asked.From(context), context.RequestAborted);
        TrustedDeviceEndpoints.Keep(context, outcome.Value);
        if (outcome.Value is { User.Email: var email })
        {
            context.RequestServices.GetRequiredService<DeviceCookie>().Keep(
                context.Response, email, context.Request.Cookies[DeviceCookie.Name], context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        }

        await SessionEndpoints.WriteAsync(context, outcome);
    });

    private static async Task MeAsync(HttpContext context, AccessToken token)
    {
        var profile = await context.RequestServices.GetRequiredService<AccountStore>().GetProfileAsync(token.Subject, context.RequestAborted);
        await AnswerAsync(context, profile is null ? Refusal.Unauthenticated : profile);
    }

    private static Task UpdateAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, AccountJson.Default.ProfileChange, async change =>
        await AnswerAsync(context, await context.RequestServices.GetRequiredService<ChangeProfile>().RunAsync(token, change, context.Request.Headers.IfMatch, Asked.From(context), context.RequestAborted)));

    private static Task AnswerAsync(HttpContext context, Outcome<Profile> outcome)
    {
        if (outcome.Value is { } profile)
        {
            context.Response.Headers.ETag = profile.Tag();
            if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.IfNoneMatch == profile.Tag())
            {
                Answer.Harden(context.Response, StatusCodes.Status304NotModified);
                return Task.CompletedTask;
            }
        }

        return Answer.WriteAsync(context, outcome, AccountJson.Default.Profile);
    }

    private static Task ChangePasswordAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, AccountJson.Default.ChangePasswordRequest, async request =>
        await Answer.DoneAsync(context, await context.RequestServices.GetRequiredService<ChangePassword>().RunAsync(token, request, Asked.From(context), context.RequestAborted)));

    private static Task DeleteAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, AccountJson.Default.DeleteRequest, async request =>
        await Answer.DoneAsync(context, await context.RequestServices.GetRequiredService<DeleteAccount>().RunAsync(token, request, Asked.From(context), context.RequestAborted)));
}
