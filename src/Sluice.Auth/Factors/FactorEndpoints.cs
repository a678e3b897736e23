using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Audit;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Factors;

/// <summary>Routes of second factors: read, run, answer.</summary>
internal static class FactorEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.Factors, "GET", "/me/factors", Guarded.WithToken(ListAsync), new("The second factors of the account.", ListAsync) { Answers = [(200, typeof(FactorList))], Refusals = [401, 503] });
        routes.Map(at, AuthRoutes.EnrolFactor, "POST", "/me/factors", Guarded.WithToken(EnrolAsync), new("A secret for an authenticator app.", EnrolAsync)
        {
            Takes = typeof(EnrolRequest), Answers = [(201, typeof(Enrolment))], Refusals = [401, 403, 409, 503],
        });
        routes.Map(at, AuthRoutes.ActivateFactor, "POST", "/me/factors/{id}/activate", Guarded.WithToken(ActivateAsync), new("Asks for it from now on, once a code of it was shown.", ActivateAsync)
        {
            Takes = typeof(ActivateRequest), Answers = [(200, typeof(Activation))], Refusals = [401, 403, 404, 422, 429, 503],
        });
        routes.Map(at, AuthRoutes.RemoveFactor, "DELETE", "/me/factors/{id}", Guarded.WithToken(RemoveAsync), new("One factor less.", RemoveAsync) { Answers = [(204, null)], Refusals = [401, 403, 404, 503] });
        routes.Map(at, AuthRoutes.StepUp, "POST", "/me/factors/challenge", Guarded.WithToken(ChallengeAsync), new("Asks for the second factor again; /login/mfa answers.", ChallengeAsync)
        {
            Answers = [(200, typeof(ChallengeView))], Refusals = [401, 409, 503],
        });
        routes.Map(at, AuthRoutes.RecoveryCodes, "POST", "/me/recovery-codes", Guarded.WithToken(RecoveryCodesAsync), new("Ten new recovery codes; those of before are void.", RecoveryCodesAsync)
        {
            Answers = [(200, typeof(RecoveryCodeList))], Refusals = [401, 403, 409, 429, 503],
        });
    }

    private static async Task ListAsync(HttpContext context, AccessToken token) =>
        await Answer.WriteAsync(context, StatusCodes.Status200OK, await Get<FactorStore>(context).ListAsync(token.Subject, context.RequestAborted), FactorJson.Default.FactorList);

    private static Task EnrolAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, FactorJson.Default.EnrolRequest, async request =>
        await Answer.WriteAsync(
            context, await Get<EnrolFactor>(context).RunAsync(token, request, Asked.From(context), context.RequestAborted), FactorJson.Default.Enrolment, StatusCodes.Status201Created));

    private static Task ActivateAsync(HttpContext context, AccessToken token) => Asked.ReadAsync(context, FactorJson.Default.ActivateRequest, async request =>
    {
        var outcome = Id(context) is { } id ? await Get<ActivateFactor>(context).RunAsync(token, id, request.Code, Asked.From(context), context.RequestAborted) : Refusal.NotFound;
        await Answer.WriteAsync(
            context, outcome.Value is { } active ? active with { Session = RefreshCookie.Keep(context, active.Session) } : outcome, FactorJson.Default.Activation);
    });

    private static async Task RemoveAsync(HttpContext context, AccessToken token) =>
        await Answer.DoneAsync(context, Id(context) is { } id ? await Get<RemoveFactor>(context).RunAsync(token, id, Asked.From(context), context.RequestAborted) : Refusal.NotFound);

    private static async Task ChallengeAsync(HttpContext context, AccessToken token)
    {
        var bearer = await Get<FactorStore>(context).BearerAsync(token.SessionId, token.Subject, context.RequestAborted);
        if (bearer is not { HasFactor: true, User: var user })
        {
            await Answer.RefuseAsync(context, bearer is null ? Refusal.Unauthenticated : RecoveryCodes.NoFactor);
            return;
        }

        var first = bearer.Assurance.Methods.Split(' ')[0];
        var asked = AuditEvent.Of("second_factor_required", user.Id, token.SessionId, Asked.From(context));
        var challenge = await Get<Challenges>(context).BeginAsync(user.Id, token.SessionId, bearer.PasswordHash, first, bearer.Device, [], [asked], context.RequestAborted);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, challenge, FactorJson.Default.ChallengeView);
    }

    private static async Task RecoveryCodesAsync(HttpContext context, AccessToken token) =>
        await Answer.WriteAsync(context, await Get<RecoveryCodes>(context).RunAsync(token, Asked.From(context), context.RequestAborted), FactorJson.Default.RecoveryCodeList);

    private static string? Id(HttpContext context) => context.Request.RouteValues["id"] is string id && Get<AuthDatabase>(context).IsId(id) ? id : null;

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
