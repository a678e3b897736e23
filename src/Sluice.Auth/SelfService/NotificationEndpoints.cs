using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Administration;
using Sluice.Auth.Notifications;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.SelfService;

/// <summary>Routes of notifications: read, run, answer.</summary>
internal static class NotificationEndpoints
{
    public static void Map(IEndpointRouteBuilder at, SluiceAuthRoutes routes)
    {
        routes.Map(at, AuthRoutes.Notifications, "GET", "/me/notifications", Guarded.WithToken(ListAsync), new("What happened to the account and what the application says, the newest first (`?unread=true`).", ListAsync)
        {
            Answers = [(200, typeof(NotificationList))], Refusals = [400, 401, 503],
        });
        routes.Map(at, AuthRoutes.ReadNotification, "POST", "/me/notifications/{id}/read", Guarded.WithToken(ReadAsync), new("One is read.", ReadAsync)
        {
            Answers = [(204, null)], Refusals = [401, 404, 503],
        });
        routes.Map(at, AuthRoutes.ReadNotifications, "POST", "/me/notifications/read", Guarded.WithToken(ReadAllAsync), new("All are read.", ReadAllAsync)
        {
            Answers = [(204, null)], Refusals = [401, 503],
        });
    }

    private static async Task ListAsync(HttpContext context, AccessToken token)
    {
        var (query, cursors) = (new Query(context.Request.Query), Get<Cursors>(context));
        var onlyUnread = query.OneOf("unread", "true", "false") == "true";
        // A cursor is its owner's alone.
        var list = $"notifications\n{token.Subject}\n{onlyUnread}";
        var (limit, after) = (query.Limit(), query.Cursor(cursors, list));
        if (query.Wrong is { } wrong)
        {
            await Answer.RefuseAsync(context, wrong);
            return;
        }

        var (some, unread) = await Get<NotificationStore>(context).ListAsync(token.Subject, onlyUnread, after is { } place ? (place.At, place.Id) : null, limit + 1, context.RequestAborted);
        var next = some.Count > limit ? cursors.Write(list, new Place(some[limit - 1].CreatedAt.UtcDateTime, some[limit - 1].Id)) : null;
        await Answer.WriteAsync(context, StatusCodes.Status200OK, new NotificationList(some.Count > limit ? some[..limit] : some, unread, next), SelfServiceJson.Default.NotificationList);
    }

    private static async Task ReadAsync(HttpContext context, AccessToken token)
    {
        var isRead = context.Request.RouteValues["id"] is string id && Get<AuthDatabase>(context).IsId(id)
            && await Get<NotificationStore>(context).ReadAsync(id, token.Subject, context.RequestAborted);
        await Answer.DoneAsync(context, isRead ? null : Refusal.NotFound);
    }

    private static async Task ReadAllAsync(HttpContext context, AccessToken token)
    {
        await Get<NotificationStore>(context).ReadAllAsync(token.Subject, context.RequestAborted);
        await Answer.DoneAsync(context);
    }

    private static T Get<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
