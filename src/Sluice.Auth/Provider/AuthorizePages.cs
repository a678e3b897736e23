using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Identities;
using Sluice.Auth.Mail;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Provider;

/// <summary>The pages between a client's request and its code. Each form is for this browser, this request and this step alone.</summary>
internal static class AuthorizePages
{
    // The words that we have; other scopes are shown by their own name.
    private static readonly string[] Described = ["openid", "profile", "email", "offline_access"];

    public static Task SignInAsync(HttpContext context, AuthorizationRequest request, string name, string problem = "", int status = 200, bool asksForNew = false) =>
        FormAsync(context, request, status, "sign-in", "sign-in", problem, say =>
            $"<p>{say("sign-in.text")} {Html(request.Client.Shown)}.</p>\n{Input("identifier", say("sign-in.name"), "text", "username", name)}{Input("password", say("sign-in.password"), "password", "current-password")}"
            + (asksForNew ? Input("newPassword", say("sign-in.new-password"), "password", "new-password") : "")
            + Button("sign-in", say("sign-in.button")) + Providers(context, say("sign-in.with")));

    public static Task FactorAsync(HttpContext context, AuthorizationRequest request, string mfaToken, string problem = "", int status = 200, bool asksForNew = false) =>
        FormAsync(context, request, status, "factor", "factor", problem, say =>
            $"<p>{say("factor.text")}</p>\n<input type=\"hidden\" name=\"mfaToken\" value=\"{Html(mfaToken)}\">\n{Input("code", say("factor.code"), "text", "one-time-code")}"
            + (context.RequestServices.GetRequiredService<TrustedDevices>().AreOn ? $"<p><label><input name=\"trust\" type=\"checkbox\"> {say("factor.trust")}</label></p>\n" : "")
            + (asksForNew ? Input("newPassword", say("sign-in.new-password"), "password", "new-password") : "")
            + Button("factor", say("factor.button")));

    public static Task ConsentAsync(HttpContext context, AuthorizationRequest request, SignedInBrowser browser) =>
        FormAsync(context, request, StatusCodes.Status200OK, "consent", Consent(browser), "", say =>
            $"<p><strong>{Html(request.Client.Shown)}</strong> {say("consent.text")}</p>\n<ul>\n"
            + string.Concat(request.Scope.Split(' ').Select(s => $"<li>{(Described.Contains(s) ? say($"consent.{s}") : Html(s))}</li>\n"))
            + $"</ul>\n<p>{Html(browser.User.Email)}</p>\n{Button("allow", say("consent.allow"))}{Button("deny", say("consent.deny"))}");

    /// <summary>What is wrong is nobody's but the client's, and it cannot be told.</summary>
    public static Task InvalidAsync(HttpContext context) => SayAsync(context, StatusCodes.Status400BadRequest, "request.title", "request.invalid");

    public static Task ExpiredAsync(HttpContext context) => SayAsync(context, StatusCodes.Status403Forbidden, "request.title", "request.expired");

    public static Task SignOutAsync(HttpContext context, string target) => Page.WriteAsync(context, StatusCodes.Status200OK, "sign-out.title", say =>
        $"<p>{say("sign-out.text")}</p>\n{Open(context, "sign-out")}{Button("sign-out", say("sign-out.button"))}</form>\n", target);

    public static Task SignedOutAsync(HttpContext context) => SayAsync(context, StatusCodes.Status200OK, "sign-out.title", "sign-out.done");

    /// <summary>What a form for consent is sealed for: who is asked.</summary>
    public static string Consent(SignedInBrowser browser) => $"consent {browser.Id}";

    private static Task SayAsync(HttpContext context, int status, string title, string words) => Page.WriteAsync(context, status, title, say => $"<p>{say(words)}</p>\n");

    private static Task FormAsync(HttpContext context, AuthorizationRequest request, int status, string title, string purpose, string problem, Func<Func<string, string>, string> body) =>
        Page.WriteAsync(
            context, status, $"{title}.title",
            say => (problem.Length > 0 ? $"<p role=\"alert\">{say(problem)}</p>\n" : "") + Open(context, purpose) + body(say) + "</form>\n",
            RedirectUris.Source(request.RedirectUri));

    private static string Open(HttpContext context, string purpose) =>
        $"<form method=\"post\" action=\"{Html(context.Request.Path.Value!.Split('/')[^1] + context.Request.QueryString.Value)}\">\n"
        + $"<input type=\"hidden\" name=\"seal\" value=\"{Html(context.RequestServices.GetRequiredService<PageSeal>().For(context, purpose))}\">\n";

    private static string Input(string name, string label, string type, string autocomplete, string value = "") =>
        $"<p><label for=\"{name}\">{label}</label> <input id=\"{name}\" name=\"{name}\" type=\"{type}\" autocomplete=\"{autocomplete}\"{(value.Length > 0 ? $" value=\"{Html(value)}\"" : "")} required></p>\n";

    // The verifier of such a sign-in is what this browser alone has: its code is of no use in another.
    private static string Providers(HttpContext context, string words)
    {
        var (options, query) = (context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value, context.Request.QueryString.Value ?? "");
        if (options.DisabledRoutes.Contains(AuthRoutes.OAuthStart) || !StartSignIn.Takes(query))
        {
            return "";
        }

        var (path, origin) = (context.Request.PathBase + context.Request.Path, new Uri(options.Issuer).GetLeftPart(UriPartial.Authority));
        return string.Concat(options.Identities.Providers.Keys.Order(StringComparer.Ordinal).Select(name =>
        {
            var address = QueryHelpers.AddQueryString($"../oauth/{Uri.EscapeDataString(name)}/start", new Dictionary<string, string?>
            {
                ["redirectUri"] = origin + path, ["codeChallenge"] = CodeChallenge.Of(PageSeal.Browser(context)), ["state"] = query,
            });
            return $"<p><a href=\"{Html(address)}\">{words} {Html(name)}</a></p>\n";
        }));
    }

    private static string Button(string step, string label) => $"<p><button type=\"submit\" name=\"step\" value=\"{step}\">{label}</button></p>\n";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
