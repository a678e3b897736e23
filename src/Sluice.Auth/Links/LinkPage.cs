using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>
/// What a mailed link shows: a form, whose button does what the link is for. Looking at it does nothing and asks no database, since
/// scanners of mail look at every link. No script, no style, nothing from elsewhere, and no address passed on.
/// </summary>
/// <param name="Name">Of its words in pages.*.txt.</param>
/// <param name="Action">The last part of its own path.</param>
internal sealed record LinkPage(string Name, string Action, bool AsksForPassword = false)
{
    public static LinkPage Confirm { get; } = new("confirm", "verify");

    public static LinkPage Reset { get; } = new("reset", "reset", AsksForPassword: true);

    public static LinkPage Change { get; } = new("change", "confirm");

    public static LinkPage Invite { get; } = new("invite", "accept", AsksForPassword: true) { AsksForNames = true };

    /// <summary>Those that a registration must bring.</summary>
    public bool AsksForNames { get; private init; }

    public Task ShowAsync(HttpContext context)
    {
        var token = context.Request.Query["token"].ToString();
        return RandomToken.IsOne(token) ? FormAsync(context, token, StatusCodes.Status200OK, "") : SayAsync(context, StatusCodes.Status400BadRequest, "invalid");
    }

    /// <summary>After the form was sent: that it is done, or why not.</summary>
    public Task AnswerAsync(HttpContext context, Refusal? refusal, string token, string done = "done") => refusal switch
    {
        null => SayAsync(context, StatusCodes.Status200OK, $"{Name}.{done}"),
        { Reason: not null } => FormAsync(context, token, refusal.Status, "weak"),
        { Status: 409 or 422 } when AsksForNames => FormAsync(context, token, refusal.Status, $"{Name}.names"),
        { Status: 400 } => SayAsync(context, refusal.Status, "invalid"),
        _ => FormAsync(context, token, refusal.Status, "busy"),
    };

    private Task FormAsync(HttpContext context, string token, int status, string problem) => WriteAsync(context, status, say =>
        (problem.Length > 0 ? $"<p role=\"alert\">{say(problem)}</p>\n" : "")
        + $"<p>{say($"{Name}.text")}</p>\n<form method=\"post\" action=\"{Action}\">\n<input type=\"hidden\" name=\"token\" value=\"{WebUtility.HtmlEncode(token)}\">\n"
        + Names(context, say)
        + (AsksForPassword ? $"<p><label for=\"password\">{say("reset.password")}</label> <input id=\"password\" name=\"newPassword\" type=\"password\" autocomplete=\"new-password\" required></p>\n" : "")
        + $"<p><button type=\"submit\">{say($"{Name}.button")}</button></p>\n"
        + (this == Confirm ? $"<p>{say("confirm.not-mine")}</p>\n<p><button type=\"submit\" name=\"notMine\" value=\"yes\">{say("confirm.disown")}</button></p>\n" : "")
        + "</form>\n");

    private string Names(HttpContext context, Func<string, string> say)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<SluiceAuthOptions>>().Value;
        return (AsksForNames && options.RequireUsername ? Field("username", "invite.username", "username") : "")
            + (AsksForNames && options.RequireDisplayName ? Field("displayName", "invite.name", "name") : "");

        string Field(string name, string words, string fills) => $"<p><label for=\"{name}\">{say(words)}</label> <input id=\"{name}\" name=\"{name}\" autocomplete=\"{fills}\" required></p>\n";
    }

    private Task SayAsync(HttpContext context, int status, string words) => WriteAsync(context, status, say => $"<p>{say(words)}</p>\n");

    private Task WriteAsync(HttpContext context, int status, Func<Func<string, string>, string> body) => Page.WriteAsync(context, status, $"{Name}.title", body);
}
