using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Mail;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Links;

/// <summary>Routes of what is mailed: read, run, answer. A form of our own page is answered by a page, JSON by JSON.</summary>
internal static class LinkEndpoints
{
    private const string SecretHeader = "Sluice-Mail-Secret";

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, MailOptions mail)
    {
        if (!mail.IsOn)
        {
            return;
        }

        Page(AuthRoutes.VerifyEmailPage, "/email/verify", LinkPage.Confirm, "A page with a button that confirms an address; looking at it does nothing.");
        Page(AuthRoutes.ResetPasswordPage, "/password/reset", LinkPage.Reset, "A page that asks for another password; looking at it does nothing.");
        Page(AuthRoutes.ConfirmEmailPage, "/me/email/confirm", LinkPage.Change, "A page with a button that agrees to another address; looking at it does nothing.");
        routes.Map(at, AuthRoutes.VerifyEmail, "POST", "/email/verify", Guarded.Open(VerifyAsync), new("Confirms an address by a mailed token or code.", VerifyAsync)
        {
            Takes = typeof(VerifyEmailRequest), Answers = [(200, typeof(StatusAnswer))], Pages = [200, 400], Refusals = [429, 503],
        });
        routes.Map(at, AuthRoutes.ResendVerification, "POST", "/email/verify/resend", Guarded.Open(ResendAsync), new("Mails the confirmation again, where somebody waits for it.", ResendAsync)
        {
            Takes = typeof(EmailRequest), Answers = [(202, typeof(StatusAnswer))], Refusals = [422, 429, 503],
        });
        routes.Map(at, AuthRoutes.ForgotPassword, "POST", "/password/forgot", Guarded.Open(ForgotAsync), new("Mails a link for another password, where there is an account.", ForgotAsync)
        {
            Takes = typeof(EmailRequest), Answers = [(202, typeof(StatusAnswer))], Refusals = [422, 429, 503],
        });
        routes.Map(at, AuthRoutes.ResetPassword, "POST", "/password/reset", Guarded.Open(ResetAsync), new("Another password by a mailed token; every session ends.", ResetAsync)
        {
            Takes = typeof(ResetPasswordRequest), Answers = [(204, null)], Pages = [200, 400, 422, 503], Refusals = [422, 503],
        });
        routes.Map(at, AuthRoutes.ChangeEmail, "POST", "/me/email", Guarded.WithToken(ChangeAsync), new("Mails both addresses of a change for their agreement.", ChangeAsync)
        {
            Takes = typeof(ChangeEmailRequest), Answers = [(202, typeof(StatusAnswer))], Refusals = [401, 409, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.ConfirmEmail, "POST", "/me/email/confirm", Guarded.Open(AgreeAsync), new("One of the two addresses agrees.", AgreeAsync)
        {
            Takes = typeof(TokenRequest), Answers = [(200, typeof(StatusAnswer))], Pages = [200, 400], Refusals = [503],
        });
        if (mail.BounceSecret.Length > 0)
        {
            var secret = SHA256.HashData(Encoding.UTF8.GetBytes(mail.BounceSecret));
            Task Bounced(HttpContext context) => BouncedAsync(context, secret);
            routes.Map(at, AuthRoutes.MailBounced, "POST", "/email/bounces", Guarded.Open(Bounced), new("A mail came back.", Bounced) { Takes = typeof(BounceRequest), Answers = [(204, null)], Refusals = [401, 503] });
        }

        void Page(string route, string path, LinkPage page, string summary) => routes.Map(at, route, "GET", path, page.ShowAsync, new(summary, page.ShowAsync) { Pages = [200, 400] });
    }

    private static async Task VerifyAsync(HttpContext context)
    {
        var use = context.RequestServices.GetRequiredService<VerifyEmail>();
        if (await LinkForm.ReadAsync(context) is { } form)
        {
            var outcome = await use.RunAsync(new VerifyEmailRequest(form.Token, NotMine: form.NotMine), Asked.From(context), context.RequestAborted);
            await LinkPage.Confirm.AnswerAsync(context, outcome.Refusal, form.Token, outcome.Value?.Status == "password_needed" ? form.NotMine ? "disowned" : "password" : "done");
            return;
        }

        await Asked.ReadAsync(context, LinkJson.Default.VerifyEmailRequest, async request =>
            await Answer.WriteAsync(context, await use.RunAsync(request, Asked.From(context), context.RequestAborted), LinkJson.Default.StatusAnswer));
    }

    private static Task ResendAsync(HttpContext context) => Asked.ReadAsync(context, LinkJson.Default.EmailRequest, async request =>
        await SaidAsync(context, await context.RequestServices.GetRequiredService<VerifyEmail>().ResendAsync(request, Asked.From(context), context.RequestAborted), StatusCodes.Status202Accepted, "verification_sent"));

    private static Task ForgotAsync(HttpContext context) => Asked.ReadAsync(context, LinkJson.Default.EmailRequest, async request =>
        await SaidAsync(context, await context.RequestServices.GetRequiredService<ResetPassword>().ForgotAsync(request, Asked.From(context), context.RequestAborted), StatusCodes.Status202Accepted, "reset_sent"));

    private static async Task ResetAsync(HttpContext context)
    {
        var use = context.RequestServices.GetRequiredService<ResetPassword>();
        if (await LinkForm.ReadAsync(context) is { } form)
        {
            await LinkPage.Reset.AnswerAsync(context, await use.RunAsync(new ResetPasswordRequest(form.Token, form.NewPassword), Asked.From(context), context.RequestAborted), form.Token);
            return;
        }

        await Asked.ReadAsync(context, LinkJson.Default.ResetPasswordRequest, async request =>
            await Answer.DoneAsync(context, await use.RunAsync(request, Asked.From(context), context.RequestAborted)));
    }

    private static Task ChangeAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, LinkJson.Default.ChangeEmailRequest, async request =>
        await SaidAsync(context, await context.RequestServices.GetRequiredService<ChangeEmail>().AskAsync(token, request, Asked.From(context), context.RequestAborted), StatusCodes.Status202Accepted, "verification_sent"));

    private static async Task AgreeAsync(HttpContext context)
    {
        var use = context.RequestServices.GetRequiredService<ChangeEmail>();
        if (await LinkForm.ReadAsync(context) is { } form)
        {
            var outcome = await use.AgreeAsync(new TokenRequest(form.Token), Asked.From(context), context.RequestAborted);
            await LinkPage.Change.AnswerAsync(context, outcome.Refusal, form.Token, outcome.Value?.Status == "email_changed" ? "done" : "waiting");
            return;
        }

        await Asked.ReadAsync(context, LinkJson.Default.TokenRequest, async request =>
            await Answer.WriteAsync(context, await use.AgreeAsync(request, Asked.From(context), context.RequestAborted), LinkJson.Default.StatusAnswer));
    }

    // Reported or not known: whoever has the secret need not be told.
    private static async Task BouncedAsync(HttpContext context, byte[] secret)
    {
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers[SecretHeader].ToString())), secret))
        {
            await Answer.RefuseAsync(context, new Refusal(401, "invalid_mail_secret", $"The header {SecretHeader} is missing, or is not what Mail.BounceSecret says."));
            return;
        }

        await Asked.ReadAsync(context, LinkJson.Default.BounceRequest, async request =>
        {
            var id = request.MessageId?.Trim('<', '>', ' ').Split('@')[0];
            if (id is null == request.Email is null)
            {
                await Answer.RefuseAsync(context, Refusal.Invalid("Send `messageId` or `email`."));
                return;
            }

            if (id is null || context.RequestServices.GetRequiredService<AuthDatabase>().IsId(id))
            {
                await context.RequestServices.GetRequiredService<Outbox>().ReturnedAsync(id, request.Email?.Trim().ToLowerInvariant());
            }

            await Answer.DoneAsync(context);
        });
    }

    private static Task SaidAsync(HttpContext context, Refusal? refusal, int status, string said) =>
        refusal is null ? Answer.WriteAsync(context, status, new StatusAnswer(said), LinkJson.Default.StatusAnswer) : Answer.RefuseAsync(context, refusal);
}
