using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Clients;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Routes of signing out: read, ask where it is not sure, run, lead on.</summary>
internal static class EndSessionEndpoints
{
    private const string Step = "sign-out";

    public static async Task AskAsync(HttpContext context)
    {
        if (Read(context) is not { } request)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        var browser = await Get<BrowserSession>(context).FindAsync(context);
        await (EndSession.IsSure(request, browser) ? EndAsync(context, request, browser)
            : browser is null ? DoneAsync(context, request)
            : AuthorizePages.SignOutAsync(context, request.To is null ? "" : RedirectUris.Source(request.To)));
    }

    public static async Task SendAsync(HttpContext context)
    {
        if (await TokenForm.ReadAsync(context) is not { } form)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        // A client's own form: as an address it is asked for, with the cookie that comes only so.
        if (!form.ContainsKey("step"))
        {
            await AuthorizeEndpoints.LeadAsync(context, $"{context.Request.PathBase}{context.Request.Path}{QueryString.Create(form.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)))}");
            return;
        }

        if (Read(context) is not { } request || !Get<PageSeal>(context).IsRight(context, Step, form.GetValueOrDefault("seal")))
        {
            await AuthorizePages.ExpiredAsync(context);
            return;
        }

        await EndAsync(context, request, await Get<BrowserSession>(context).FindAsync(context));
    }

    private static async Task EndAsync(HttpContext context, SignOutRequest request, SignedInBrowser? browser)
    {
        await Get<EndSession>(context).RunAsync(request, browser, Asked.From(context), context.RequestAborted);
        BrowserSession.Drop(context.Response);
        await DoneAsync(context, request);
    }

    private static Task DoneAsync(HttpContext context, SignOutRequest request) =>
        request.To is { } to ? AuthorizeEndpoints.LeadAsync(context, RedirectUris.With(to, [("state", request.State)])) : AuthorizePages.SignedOutAsync(context);

    private static SignOutRequest? Read(HttpContext context) => context.Request.Query.All(q => q.Value.Count == 1)
        ? Get<EndSession>(context).Read(context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal))
        : null;

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
