using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Web;

namespace Sluice.Auth.Mail;

/// <summary>A page of ours: no script, no style, nothing from elsewhere, in nobody's frame.</summary>
internal static class Page
{
    /// <param name="title">The key of its title in pages.*.txt.</param>
    /// <param name="body">What is below the title, of words by their keys.</param>
    /// <param name="target">Where its form may lead besides here: browsers ask that also of a redirect that answers it.</param>
    public static async Task WriteAsync(HttpContext context, int status, string title, Func<Func<string, string>, string> body, string target = "")
    {
        var templates = context.RequestServices.GetRequiredService<Templates>();
        var culture = templates.Culture(context.Request.Headers.AcceptLanguage);
        string Say(string key) => WebUtility.HtmlEncode(templates.Say(culture, key));
        var response = context.Response;
        Answer.Harden(response, status);
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; form-action 'self'{(target.Length > 0 ? $" {target}" : "")}; base-uri 'none'; frame-ancestors 'none'";
        response.Headers.ContentLanguage = culture;
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(templates.Around(culture, templates.Say(culture, title), $"<main>\n<h1>{Say(title)}</h1>\n{body(Say)}</main>\n"), context.RequestAborted);
    }
}
