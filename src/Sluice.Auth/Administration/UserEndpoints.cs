using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Accounts;
using Sluice.Auth.Links;
using Sluice.Auth.Roles;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Administration;

/// <summary>Routes of other people's accounts: read, run, answer.</summary>
internal static class UserEndpoints
{
    private const int MostRoles = 100;

    private static readonly Refusal NotARole = new(422, "role_invalid", "Roles are those of the options, in `scope` {kind, id} or everywhere; where the table of users has the role, one of them.");

    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes, bool canMail)
    {
        Add(AuthRoutes.AdminUsers, "GET", "/admin/users", ListAsync, new("Accounts, by `search`, `state` and `role`, a page at a time.", ListAsync) { Answers = [(200, typeof(AccountList))], Refusals = [400] });
        Add(AuthRoutes.AdminCreateUser, "POST", "/admin/users", CreateAsync, new("Makes an account; its owner sets the password by mail.", CreateAsync)
        {
            Takes = typeof(CreateRequest), Answers = [(201, typeof(AccountView))], Refusals = [409, 422],
        });
        Add(AuthRoutes.AdminUser, "GET", "/admin/users/{id}", GetAsync, new("One account, also if it is deleted.", GetAsync) { Answers = [(200, typeof(AccountView))], Refusals = [404] });
        Add(AuthRoutes.AdminUpdateUser, "PATCH", "/admin/users/{id}", UpdateAsync, new("Other names and metadata; with If-Match only if it is what you read.", UpdateAsync)
        {
            Takes = typeof(ProfileChange), Answers = [(200, typeof(AccountView))], Refusals = [404, 409, 412, 422],
        });
        Add(AuthRoutes.AdminDeleteUser, "DELETE", "/admin/users/{id}", (c, a) => DoAsync(c, a, c.Control().DeleteAsync), Done("Deletes an account softly; its address is free again."));
        Add(AuthRoutes.AdminRestoreUser, "POST", "/admin/users/{id}/restore", RestoreAsync, new("Brings a deleted account back; its owner sets a password by mail.", RestoreAsync)
        {
            Takes = typeof(RestoreRequest), Answers = [(200, typeof(AccountView))], Refusals = [404, 409, 422],
        });
        Add(AuthRoutes.AdminLockUser, "POST", "/admin/users/{id}/lock", LockAsync, new("Keeps an account from signing in, for a time or until it is unlocked; its sessions end.", LockAsync)
        {
            Takes = typeof(LockRequest), Answers = [(204, null)], Refusals = [404, 409],
        });
        Add(AuthRoutes.AdminUnlockUser, "POST", "/admin/users/{id}/unlock", (c, a) => DoAsync(c, a, async (u, by, x) => { await c.Control().UnlockAsync(u, by, x); return null; }), Done("Ends every lock on an account."));
        Add(AuthRoutes.AdminDisableUser, "POST", "/admin/users/{id}/disable", (c, a) => DoAsync(c, a, async (u, by, x) => (await c.Control().DisableAsync(u, by, x)).Refusal), Done("Switches an account off; its sessions end."));
        Add(AuthRoutes.AdminEnableUser, "POST", "/admin/users/{id}/enable", (c, a) => DoAsync(c, a, async (u, by, x) => (await c.Control().EnableAsync(u, by, x)).Refusal), Done("Lets it sign in again."));
        Add(AuthRoutes.AdminRevokeSessions, "POST", "/admin/users/{id}/revoke-sessions", (c, a) => DoAsync(c, a, async (u, by, x) => { await c.Control().RevokeSessionsAsync(u, by, x); return null; }), Done("Ends all sessions of an account."));
        Add(AuthRoutes.AdminResetMfa, "POST", "/admin/users/{id}/reset-mfa", (c, a) => DoAsync(c, a, c.Control().ResetFactorsAsync), Done("Takes every second factor away; its sessions end, and its owner is told."));
        Add(AuthRoutes.AdminSetRoles, "PUT", "/admin/users/{id}/roles", SetRolesAsync, new("The roles that an account has everywhere, or in one thing, and no others there.", SetRolesAsync)
        {
            Takes = typeof(RolesRequest), Answers = [(200, typeof(AccountView))], Refusals = [404, 409, 422],
        });
        if (canMail)
        {
            Add(AuthRoutes.AdminSendReset, "POST", "/admin/users/{id}/send-reset", (c, a) => DoAsync(c, a, c.Get<ResetPassword>().SendAsync, StatusCodes.Status202Accepted), Done("Mails its owner a link for another password.", 202, 429));
        }

        void Add(string route, string method, string path, Func<HttpContext, Actor, Task> handle, RouteShape shape) =>
            routes.Map(at, route, method, path, AdminOnly.Do(handle), shape with { Refusals = [401, 403, .. shape.Refusals, 503] });

        static RouteShape Done(string summary, int status = 204, params int[] more) => new(summary, Nothing) { Answers = [(status, null)], Refusals = [404, 409, .. more] };
    }

    // What documents of the API take for the handler of those that take and answer with nothing.
    private static Task Nothing(HttpContext context, Actor actor) => Task.CompletedTask;

    private static async Task ListAsync(HttpContext context, Actor actor)
    {
        var query = new Query(context.Request.Query);
        var filter = new UserFilter(query.Text("search"), query.OneOf("state", UserFilter.States), query.Text("role"));
        var (limit, after) = (query.Limit(), query.Cursor(context.Get<Cursors>(), filter.List));
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        var users = await context.Get<UserListing>().ListAsync(filter, after, limit, context.RequestAborted);
        var next = users.Count > limit ? context.Get<Cursors>().Write(filter.List, new Place(users[limit - 1].CreatedAt.UtcDateTime, users[limit - 1].Id)) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new AccountList(users.Count > limit ? users[..limit] : users, next), AdministrationJson.Default.AccountList);
    }

    private static Task CreateAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.CreateRequest, async request =>
        await Answer.WriteAsync(context, await context.Get<CreateUser>().RunAsync(request, actor, context.RequestAborted), AdministrationJson.Default.AccountView, StatusCodes.Status201Created));

    private static Task GetAsync(HttpContext context, Actor actor) => Id(context) is { } id ? ShowAsync(context, id) : Answer.RefuseAsync(context, Refusal.NotFound);

    private static Task UpdateAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AccountJson.Default.ProfileChange, async change =>
    {
        var refusal = Id(context) is { } id ? await context.Get<ChangeProfile>().RunAsync(id, change, context.Request.Headers.IfMatch, actor, context.RequestAborted) : Refusal.NotFound;
        await (refusal is null ? ShowAsync(context, Id(context)!) : Answer.RefuseAsync(context, refusal));
    });

    private static Task RestoreAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.RestoreRequest, async request =>
    {
        var (email, username) = (request.Email is null ? null : Identifiers.Normal(request.Email), request.Username is null ? null : Identifiers.Normal(request.Username));
        var refusal = email is not null && !Identifiers.IsEmail(email) ? Refusal.EmailAddress
            : username is not null && ProfileRules.UsernameProblem(username) is { } problem ? problem
            : Id(context) is { } id ? await context.Control().RestoreAsync(id, email, username, actor, context.RequestAborted)
            : Refusal.NotFound;
        await (refusal is null ? ShowAsync(context, Id(context)!) : Answer.RefuseAsync(context, refusal));
    });

    private static Task LockAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.LockRequest, request =>
        DoAsync(context, actor, (user, by, cancellation) => context.Control().LockAsync(user, request.Until, Asked.Shown(request.Reason), by, cancellation)));

    private static Task SetRolesAsync(HttpContext context, Actor actor) => Asked.ReadAsync(context, AdministrationJson.Default.RolesRequest, async request =>
    {
        var outcome = Id(context) is { } id && request.Roles.Length <= MostRoles
            ? await context.Get<RoleAdministration>().SetAsync(id, request.Roles, request.Scope, new Granter(actor.UserId, actor.Client), context.RequestAborted)
            : Id(context) is null ? RoleOutcome.NoAccount : RoleOutcome.NotARole;
        await (outcome switch
        {
            RoleOutcome.NoAccount => Answer.RefuseAsync(context, Refusal.NotFound),
            RoleOutcome.NotARole => Answer.RefuseAsync(context, NotARole),
            RoleOutcome.Own => Answer.RefuseAsync(context, Administrators.Own),
            RoleOutcome.LastAdministrator => Answer.RefuseAsync(context, Administrators.Last),
            _ => ShowAsync(context, Id(context)!),
        });
    });

    private static async Task DoAsync(HttpContext context, Actor actor, Func<UserView, Actor, CancellationToken, Task<Refusal?>> use, int status = StatusCodes.Status204NoContent)
    {
        var account = Id(context) is { } id ? await context.Get<AccountStore>().GetAsync(id, context.RequestAborted) : null;
        await Answer.DoneAsync(context, account is null ? Refusal.NotFound : await use(account.User, actor, context.RequestAborted), status);
    }

    // The tag is that of the profile: the same as its owner's.
    private static async Task ShowAsync(HttpContext context, string id)
    {
        var profile = await context.Get<ControlStore>().GetProfileAsync(id, context.RequestAborted);
        var account = await context.Get<UserListing>().GetAsync(id, context.RequestAborted);
        context.Response.Headers.ETag = profile?.Tag();
        var grants = account is null ? null : await context.Get<RoleAdministration>().ListAsync(id, context.RequestAborted);
        await Answer.WriteAsync(context, account is null ? Refusal.NotFound : account with { Details = account.Details! with { Grants = grants ?? [] } }, AdministrationJson.Default.AccountView);
    }

    private static AccountControl Control(this HttpContext context) => context.Get<AccountControl>();

    private static string? Id(HttpContext context) => context.Request.RouteValues["id"] is string id && context.Get<AuthDatabase>().IsId(id) ? id : null;

    public static T Get<T>(this HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
