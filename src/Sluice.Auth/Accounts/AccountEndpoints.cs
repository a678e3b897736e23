using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Lockout;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Accounts;

/// <summary>Routes of accounts: read, run, answer.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, ISet<string> disabled)
    {
        On(AuthRoutes.Register, () => routes.MapPost("/register", Guarded.Open(RegisterAsync)));
        On(AuthRoutes.Login, () => routes.MapPost("/login", Guarded.Open(LoginAsync)));
        On(AuthRoutes.Me, () => routes.MapGet("/me", Guarded.WithToken(MeAsync)));
        On(AuthRoutes.ChangePassword, () => routes.MapPost("/me/password", Guarded.WithToken(ChangePasswordAsync)));
        On(AuthRoutes.DeleteMe, () => routes.MapDelete("/me", Guarded.WithToken(DeleteAsync)));

        void On(string route, Action map)
        {
            if (!disabled.Contains(route))
            {
                map();
            }
        }
    }

    private static Task RegisterAsync(HttpContext context) => Asked.ReadAsync(context, AccountJson.Default.RegisterRequest, async request =>
    {
        var outcome = await context.RequestServices.GetRequiredService<Register>().RunAsync(request, Asked.From(context), context.RequestAborted);
        await (outcome switch
        {
            { Refusal: { } refusal } => Answer.RefuseAsync(context, refusal),
            { Value.Session: { } session } => Answer.WriteAsync(context, StatusCodes.Status201Created, session, SessionJson.Default.SessionTokens),
            _ => Answer.WriteAsync(context, StatusCodes.Status202Accepted, new StatusAnswer("verification_sent"), AccountJson.Default.StatusAnswer),
        });
    });

    private static Task LoginAsync(HttpContext context) => Asked.ReadAsync(context, AccountJson.Default.LoginRequest, async request =>
    {
        var cookie = context.Request.Cookies[DeviceCookie.Name];
        var outcome = await context.RequestServices.GetRequiredService<Login>().RunAsync(request, cookie, Asked.From(context), context.RequestAborted);
        if (outcome.Value is { User.Email: var email })
        {
            context.RequestServices.GetRequiredService<DeviceCookie>().Keep(context.Response, email, cookie, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        }

        await Answer.WriteAsync(context, outcome, SessionJson.Default.SessionTokens);
    });

    private static async Task MeAsync(HttpContext context, AccessToken token)
    {
        var account = await context.RequestServices.GetRequiredService<AccountStore>().GetAsync(token.Subject, context.RequestAborted);
        await Answer.WriteAsync(context, account is { } found ? found.User : Refusal.Unauthenticated, AccountJson.Default.UserView);
    }

    private static Task ChangePasswordAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, AccountJson.Default.ChangePasswordRequest, async request =>
        await Answer.DoneAsync(context, await context.RequestServices.GetRequiredService<ChangePassword>().RunAsync(token, request, Asked.From(context), context.RequestAborted)));

    private static Task DeleteAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, AccountJson.Default.DeleteRequest, async request =>
        await Answer.DoneAsync(context, await context.RequestServices.GetRequiredService<DeleteAccount>().RunAsync(token, request, Asked.From(context), context.RequestAborted)));
}
