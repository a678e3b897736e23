using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>Routes of trusted browsers, and their cookie: read, run, answer.</summary>
internal static class TrustedDeviceEndpoints
{
    public const string Cookie = "__Host-sluice-trusted";

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.TrustedDevices, "GET", "/me/trusted-devices", Guarded.WithToken(ListAsync), new("Browsers that need not show the second factor.", ListAsync)
        {
            Answers = [(200, typeof(TrustedDeviceList))], Refusals = [401, 503],
        });
        routes.Map(at, AuthRoutes.RemoveTrustedDevice, "DELETE", "/me/trusted-devices/{id}", Guarded.WithToken(RemoveAsync), new("One of them has to show it again.", RemoveAsync) { Answers = [(204, null)], Refusals = [401, 404, 503] });
    }

    /// <summary>Where the second factor was shown and the browser is to be trusted with it.</summary>
    public static void Keep(HttpContext context, SessionTokens? tokens)
    {
        if (tokens?.TrustedDevice is { } token)
        {
            context.Response.Cookies.Append(Cookie, token, new CookieOptions
            {
                Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value.Factors.TrustDevicesFor,
            });
        }
    }

    private static async Task ListAsync(HttpContext context, AccessToken token)
    {
        var devices = await context.RequestServices.GetRequiredService<TrustedDevices>().ListAsync(token.Subject, context.Request.Cookies[Cookie], context.RequestAborted);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new TrustedDeviceList(devices), SessionJson.Default.TrustedDeviceList);
    }

    private static async Task RemoveAsync(HttpContext context, AccessToken token)
    {
        var (services, isGone) = (context.RequestServices, false);
        if (context.Request.RouteValues["id"] is string id && services.GetRequiredService<AuthDatabase>().IsId(id))
        {
            var (removing, audit) = (services.GetRequiredService<TrustedDevices>().Removing(id, token.Subject), services.GetRequiredService<AuditLog>());
            var happened = new AuditEvent("trusted_device_removed", "trusted_device", id) { UserId = token.Subject, SessionId = token.SessionId, Client = Asked.From(context) };
            isGone = await services.GetRequiredService<AuthDatabase>().ChangeAsync([removing], null, () => removing.RecordsAffected == 1 ? [audit.Entry(happened)] : null, context.RequestAborted);
            await services.GetRequiredService<Announcer>().AnnounceAsync(isGone ? [happened] : [], context.RequestAborted);
        }

        await Answer.DoneAsync(context, isGone ? null : Refusal.NotFound);
    }
}
