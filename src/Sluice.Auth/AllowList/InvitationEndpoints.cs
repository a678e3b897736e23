using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Links;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.AllowList;

/// <summary>Routes of who was invited: read, run, answer. A form of our own page is answered by a page, JSON by JSON.</summary>
internal static class InvitationEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, MailOptions mail)
    {
        if (!mail.IsOn)
        {
            return;
        }

        routes.Map(at, AuthRoutes.AcceptInvitationPage, "GET", "/invitations/accept", LinkPage.Invite.ShowAsync, new("A page that asks for the password of an account to be; looking at it does nothing.", LinkPage.Invite.ShowAsync) { Pages = [200, 400] });
        routes.Map(at, AuthRoutes.AcceptInvitation, "POST", "/invitations/accept", Guarded.Open(AcceptAsync), new("Makes the account of who was invited; nobody is signed in.", AcceptAsync)
        {
            Takes = typeof(AcceptInvitationRequest), Answers = [(201, typeof(StatusAnswer))], Pages = [200, 400, 409, 422, 429, 503], Refusals = [409, 422, 429, 503],
        });
    }

    private static async Task AcceptAsync(HttpContext context)
    {
        var use = context.RequestServices.GetRequiredService<Invitations>();
        if (await LinkForm.ReadAsync(context) is { } form)
        {
            var outcome = await use.AcceptAsync(
                new AcceptInvitationRequest(form.Token, form.NewPassword, Filled(form.Username), Filled(form.DisplayName)), Asked.From(context), context.RequestAborted);
            await LinkPage.Invite.AnswerAsync(context, outcome.Refusal, form.Token);
            return;
        }

        await Asked.ReadAsync(context, InvitationJson.Default.AcceptInvitationRequest, async request =>
            await Answer.WriteAsync(context, await use.AcceptAsync(request, Asked.From(context), context.RequestAborted), LinkJson.Default.StatusAnswer, StatusCodes.Status201Created));
    }

    // A field that was left empty was not filled in.
    private static string? Filled(string field) => field.Length == 0 ? null : field;
}
