using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Clients;
using Sluice.Auth.Factors;
using Sluice.Auth.Identities;
using Sluice.Auth.Lockout;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Routes in a browser, on the way to a code: read, run, show.</summary>
internal static class AuthorizeEndpoints
{
    private const int LongestQuery = 6 * 1024;

    public static async Task ShowAsync(HttpContext context)
    {
        // A browser comes back from another provider, with what it was here for.
        if (!context.Request.Query.ContainsKey("client_id") && context.Request.Query["state"] is [{ } asked] && asked.StartsWith('?'))
        {
            await ReturnAsync(context, asked);
            return;
        }

        if (Read(context) is not { } request)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        await GoOnAsync(context, request, await Get<BrowserSession>(context).FindAsync(context), isNew: false);
    }

    public static async Task SendAsync(HttpContext context)
    {
        if (await TokenForm.ReadAsync(context) is not { } form)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        // A client may send its request as a form, too. As an address it is shown, without the cookie that comes only with those.
        if (!form.ContainsKey("step"))
        {
            var query = new QueryBuilder(form).ToQueryString();
            await (query.Value!.Length > LongestQuery ? AuthorizePages.InvalidAsync(context) : LeadAsync(context, $"{context.Request.PathBase}{context.Request.Path}{query}"));
            return;
        }

        if (Read(context) is not { Error: null } request)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        var browser = await Get<BrowserSession>(context).FindAsync(context);
        var (step, seal) = (form["step"], form.GetValueOrDefault("seal"));
        var purpose = step is "allow" or "deny" ? browser is null ? null : AuthorizePages.Consent(browser) : step;
        if (purpose is null || !Get<PageSeal>(context).IsRight(context, purpose, seal))
        {
            await AuthorizePages.ExpiredAsync(context);
            return;
        }

        await (step switch
        {
            "sign-in" => SignInAsync(context, request, browser, form),
            "factor" => FactorAsync(context, request, browser, form),
            "allow" => IssueAsync(context, request, browser!, consented: true),
            _ => DenyAsync(context, request, browser!),
        });
    }

    private static async Task SignInAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser? before, IReadOnlyDictionary<string, string> form)
    {
        var login = new LoginRequest(Of(form, "identifier"), Of(form, "password"), null, form.GetValueOrDefault("newPassword") is { Length: > 0 } wanted ? wanted : null);
        var outcome = await Get<Login>(context).RunAsync(login, context.Request.Cookies[DeviceCookie.Name], request.NeedsFactor ? null : context.Request.Cookies[TrustedDeviceEndpoints.Cookie], Asked.From(context), context.RequestAborted, IssuedTo.Browser);
        await (outcome switch
        {
            { Value: { } session } => SignedInAsync(context, request, before, session),
            { Refusal: { Waits: { } mfaToken } } => AuthorizePages.FactorAsync(context, request, mfaToken),
            { Refusal: { } refusal } => AuthorizePages.SignInAsync(context, request, login.Identifier, Problem(refusal, "sign-in.wrong"), refusal.Status, AsksForNew(refusal)),
            _ => AuthorizePages.InvalidAsync(context),
        });
    }

    private static async Task ReturnAsync(HttpContext context, string asked)
    {
        var code = context.Request.Query["code"] is [{ } only] ? only : "";
        context.Request.QueryString = new QueryString(asked);
        if (Read(context) is not { Error: null } request)
        {
            await AuthorizePages.InvalidAsync(context);
            return;
        }

        var outcome = code.Length == 0 ? default : await Get<ExchangeCode>(context).RunAsync(
            new ExchangeRequest(code, PageSeal.Browser(context)), context.Request.Cookies[DeviceCookie.Name], Asked.From(context), context.RequestAborted, IssuedTo.Browser);
        await (outcome switch
        {
            { Value: { } session } => SignedInAsync(context, request, await Get<BrowserSession>(context).FindAsync(context), session),
            { Refusal: { Waits: { } mfaToken } } => AuthorizePages.FactorAsync(context, request, mfaToken),
            _ => AuthorizePages.SignInAsync(context, request, request.Hint, "sign-in.failed"),
        });
    }

    private static async Task FactorAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser? before, IReadOnlyDictionary<string, string> form)
    {
        var (mfaToken, typed) = (Of(form, "mfaToken"), Of(form, "code").Trim());
        var isCode = typed.Length <= 6 && typed.All(char.IsAsciiDigit);
        var outcome = await Get<SecondFactor>(context).RunAsync(
            new SecondFactorRequest(mfaToken, isCode ? typed : null, isCode ? null : typed, form.GetValueOrDefault("newPassword") is { Length: > 0 } wanted ? wanted : null, form.ContainsKey("trust")),
            Asked.From(context), context.RequestAborted, IssuedTo.Browser);
        await (outcome is { Value: { } session }
            ? SignedInAsync(context, request, before, session)
            : AuthorizePages.FactorAsync(context, request, mfaToken, Problem(outcome.Refusal!, "factor.wrong"), outcome.Refusal!.Status, AsksForNew(outcome.Refusal!)));
    }

    private static async Task SignedInAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser? before, SessionTokens session)
    {
        Get<BrowserSession>(context).Keep(context.Response, session.RefreshToken!);
        TrustedDeviceEndpoints.Keep(context, session);
        Get<DeviceCookie>(context).Keep(context.Response, session.User.Email, context.Request.Cookies[DeviceCookie.Name], Get<TimeProvider>(context).GetUtcNow());
        if (before is not null)
        {
            await Get<Authorize>(context).ReplaceAsync(before, Asked.From(context), context.RequestAborted);
        }

        await GoOnAsync(context, request, await Get<BrowserSession>(context).FindAsync(context, session.RefreshToken!), isNew: true);
    }

    private static async Task GoOnAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser? browser, bool isNew) =>
        await (await Get<Authorize>(context).NextAsync(request, browser, isNew, context.RequestAborted) switch
        {
            Next.Refuse(var error) => AnswerAsync(context, request, error: error),
            Next.SignIn => AuthorizePages.SignInAsync(context, request, request.Hint),
            Next.Ask(var who) => AuthorizePages.ConsentAsync(context, request, who),
            Next.Issue(var who) => IssueAsync(context, request, who, consented: false),
            _ => throw new System.Diagnostics.UnreachableException(),
        });

    private static async Task IssueAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser browser, bool consented)
    {
        var code = await Get<Authorize>(context).IssueAsync(request, browser, consented, Asked.From(context), context.RequestAborted);
        await (code is null ? AuthorizePages.ExpiredAsync(context) : AnswerAsync(context, request, code: code));
    }

    private static async Task DenyAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser browser)
    {
        await Get<Authorize>(context).DeniedAsync(request, browser, Asked.From(context), context.RequestAborted);
        await AnswerAsync(context, request, error: "access_denied");
    }

    // Who answers is said with it, so that no other server's answer is taken for ours (RFC 9207).
    private static Task AnswerAsync(HttpContext context, AuthorizationRequest request, string? code = null, string? error = null) => LeadAsync(
        context, RedirectUris.With(request.RedirectUri, [("code", code), ("error", error), ("state", request.State), ("iss", Get<IOptions<SluiceAuthOptions>>(context).Value.Issuer)]));

    /// <summary>As a GET, whatever it answers, and without the address that it comes from.</summary>
    public static Task LeadAsync(HttpContext context, string to)
    {
        Answer.Harden(context.Response, StatusCodes.Status303SeeOther);
        context.Response.Headers.Location = to;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }

    private static AuthorizationRequest? Read(HttpContext context) =>
        context.Request.QueryString.Value is { Length: <= LongestQuery } ? AuthorizationRequest.Read(context.Request.Query, Get<KnownClients>(context).Find) : null;

    // What a person can do about it: look at what was typed, choose a better password, wait.
    private static string Problem(Refusal refusal, string wrong) => refusal switch
    {
        { Reason: not null } => "weak",
        { Code: "password_change_required" } => "sign-in.change",
        { Status: 401 or 400 } => wrong,
        _ => "busy",
    };

    private static bool AsksForNew(Refusal refusal) => refusal is { Reason: not null } or { Code: "password_change_required" };

    private static string Of(IReadOnlyDictionary<string, string> form, string name) => form.GetValueOrDefault(name) ?? "";

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
