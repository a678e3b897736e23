using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Clients;

/// <summary>Routes for services of the installation: read, authenticate, run, answer.</summary>
internal static class ClientEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.RevokeToken, "POST", WellKnownEndpoints.RevokePath, Guarded.Open(c => WithClientAsync(c, RevokeAsync)), new("Revokes a token for a client (RFC 7009; a form).", RevokeAsync)
        {
            Answers = [(200, null), (400, typeof(OAuthError)), (401, typeof(OAuthError)), (415, typeof(OAuthError))], Refusals = [503],
        });
        routes.Map(at, AuthRoutes.Introspect, "POST", WellKnownEndpoints.IntrospectPath, Guarded.Open(c => WithClientAsync(c, IntrospectAsync)), new("Says of a token what it is worth now (RFC 7662; a form).", IntrospectAsync)
        {
            Answers = [(200, typeof(Dictionary<string, JsonElement>)), (400, typeof(OAuthError)), (401, typeof(OAuthError)), (415, typeof(OAuthError))], Refusals = [503],
        });
    }

    private static async Task RevokeAsync(HttpContext context, ClientOptions client, string token)
    {
        var refusal = await context.RequestServices.GetRequiredService<RevokeToken>().RunAsync(client.Id, token, Asked.From(context), context.RequestAborted);
        await (refusal is null ? Answer.DoneAsync(context, status: StatusCodes.Status200OK) : RefuseAsync(context, refusal));
    }

    private static Task IntrospectAsync(HttpContext context, ClientOptions client, string token) => client.IsPublic
        // Who says a name and no secret is anybody.
        ? RefuseAsync(context, OAuthError.Client)
        : SayAsync(context, client, token);

    private static async Task SayAsync(HttpContext context, ClientOptions client, string token) =>
        await (await context.RequestServices.GetRequiredService<IntrospectToken>().RunAsync(client, token, context.RequestAborted) is { } said
            ? Answer.WriteAsync(context, StatusCodes.Status200OK, said, OAuthJson.Default.DictionaryStringJsonElement)
            : Answer.RefuseAsync(context, Refusal.Unavailable));

    private static Task WithClientAsync(HttpContext context, Func<HttpContext, ClientOptions, string, Task> handle) => WithFormAsync(context, (client, form) =>
        form.GetValueOrDefault("token") is { Length: > 0 } token ? handle(context, client, token) : RefuseAsync(context, OAuthError.Invalid("The form has no `token`.")));

    /// <summary>A form of a client that is who it says.</summary>
    public static async Task WithFormAsync(HttpContext context, Func<ClientOptions, IReadOnlyDictionary<string, string>, Task> handle)
    {
        if (!Asked.IsForm(context.Request))
        {
            await RefuseAsync(context, OAuthError.NoForm);
            return;
        }

        if (await TokenForm.ReadAsync(context) is not { } form)
        {
            await RefuseAsync(context, OAuthError.Invalid("Send a small form (application/x-www-form-urlencoded) in which each name stands once."));
            return;
        }

        var (client, refusal) = context.RequestServices.GetRequiredService<ClientCredentials>().Read(context.Request.Headers.Authorization.ToString(), form);
        await (client is null ? RefuseAsync(context, refusal!) : handle(client, form));
    }

    public static Task RefuseAsync(HttpContext context, OAuthError refusal)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"token\", charset=\"UTF-8\"";
        }

        return Answer.WriteAsync(context, refusal.Status, refusal, OAuthJson.Default.OAuthError);
    }
}
