using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.SelfService;

/// <summary>Routes of preferences: read, run, answer.</summary>
internal static class PreferenceEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.Preferences, "GET", "/me/preferences", Guarded.WithToken(GetAsync), new("Theme, language and time zone.", GetAsync)
        {
            Answers = [(200, typeof(Preferences))], Refusals = [401, 503],
        });
        routes.Map(at, AuthRoutes.UpdatePreferences, "PUT", "/me/preferences", Guarded.WithToken(PutAsync), new("All preferences; what is left out is as if it had never been chosen.", PutAsync)
        {
            Takes = typeof(PreferencesRequest), Answers = [(200, typeof(Preferences))], Refusals = [401, 422, 429, 503],
        });
    }

    private static async Task GetAsync(HttpContext context, AccessToken token) => await Answer.WriteAsync(
        context, StatusCodes.Status200OK, await context.RequestServices.GetRequiredService<PreferenceStore>().GetAsync(token.Subject, context.RequestAborted), SelfServiceJson.Default.Preferences);

    private static Task PutAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, SelfServiceJson.Default.PreferencesRequest, async request =>
        await Answer.WriteAsync(
            context, await context.RequestServices.GetRequiredService<ChangePreferences>().RunAsync(token, request, Asked.From(context), context.RequestAborted), SelfServiceJson.Default.Preferences));
}
