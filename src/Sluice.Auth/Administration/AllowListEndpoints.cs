using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Auth.Accounts;
using Sluice.Auth.AllowList;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>Routes of the list of who may have an account.</summary>
internal static class AllowListEndpoints
{
    private const string List = "allowlist";

    private static readonly Refusal NoEntry = new(422, "entry_invalid", $"That is neither an address nor a domain with its @ in front, or the reason has more than {AllowListAdministration.LongestReason} characters.");
    private static readonly Refusal HasAccount = new(409, "user_already_exists", "There is an account with that address; allow it instead.");

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, bool canMail)
    {
        Add(AuthRoutes.AdminAllowList, "GET", "/admin/allowlist", ListAsync, new("Who may have an account, where the allow-list is on.", ListAsync) { Answers = [(200, typeof(AllowedList))], Refusals = [400] });
        Add(AuthRoutes.AdminAllow, "POST", "/admin/allowlist", AllowAsync, new("Allows an address, or a domain.", AllowAsync) { Takes = typeof(AllowRequest), Answers = [(204, null)], Refusals = [422] });
        Add(AuthRoutes.AdminDisallow, "DELETE", "/admin/allowlist/{entry}", RemoveAsync, new("Takes it away; who came in by it alone is signed out.", RemoveAsync) { Answers = [(204, null)], Refusals = [404, 409] });
        if (canMail)
        {
            Add(AuthRoutes.AdminInvite, "POST", "/admin/invitations", InviteAsync, new("Mails a link that makes an account, once.", InviteAsync) { Takes = typeof(InviteRequest), Answers = [(202, null)], Refusals = [409, 422] });
        }

        void Add(string route, string method, string path, Func<HttpContext, Actor, Task> handle, RouteShape shape) =>
            routes.Map(at, route, method, path, AdminOnly.Do(handle), shape with { Refusals = [401, 403, .. shape.Refusals, 503] });
    }

    private static async Task ListAsync(HttpContext context, Actor actor)
    {
        var query = new Query(context.Request.Query);
        var (limit, after) = (query.Limit(), query.Cursor(context.Get<Cursors>(), List));
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        var entries = (await context.Get<AllowListAdministration>().ListAsync(after?.Id, limit + 1, context.RequestAborted)).ToList();
        var next = entries.Count > limit ? context.Get<Cursors>().Write(List, new Place(default, entries[limit - 1].Entry)) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new AllowedList(entries.Count > limit ? entries[..limit] : entries, next), AdministrationJson.Default.AllowedList);
    }

    private static Task AllowAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.AllowRequest, async request =>
        await Answer.DoneAsync(context, await context.Get<AllowListAdministration>().AllowAsync(request.Entry, request.Reason, actor, context.RequestAborted) is null ? NoEntry : null));

    private static async Task RemoveAsync(HttpContext context, Actor actor) =>
        await Answer.DoneAsync(context, (await context.Get<AllowListAdministration>().RemoveAsync((string)context.Request.RouteValues["entry"]!, actor, force: false, context.RequestAborted)).Refusal);

    private static Task InviteAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.InviteRequest, async request =>
        await Answer.DoneAsync(
            context,
            await context.Get<Invitations>().InviteAsync(request.Email, request.Reason, actor, context.RequestAborted) switch
            {
                Invitation.Sent => null,
                Invitation.HasAccount => HasAccount,
                _ => NoEntry,
            },
            StatusCodes.Status202Accepted));
}
