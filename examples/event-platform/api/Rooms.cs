using System.Security.Claims;
using System.Text.Json;
using EventPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Sluice.Auth.Idempotency;
using Sluice.EntityFrameworkCore.Mapping;

namespace EventPlatform;

public sealed record RoomView(
    string Id, string AppId, string Title, string? Description, RoomStatus Status, bool IsPublic, int? MaxParticipants, JsonElement? AppSettings, DateTime? StartsAt, DateTime? EndsAt, DateTime CreatedAt)
{
    /// <summary>What the caller is in it; null where he is not.</summary>
    public ParticipantRole? MyRole { get; init; }

    /// <summary>The caller's; in one room only, not in lists.</summary>
    public int? MyTicket { get; init; }

    /// <summary>How many are in it, counted to 1,000 and no further; in one room only.</summary>
    public int? Participants { get; init; }
}

public sealed record NewRoomRequest(string AppId, string Title, string? Description, bool IsPublic, int? MaxParticipants, JsonElement? AppSettings, DateTime? StartsAt, DateTime? EndsAt);

/// <summary>What is left out stays.</summary>
public sealed record RoomChange(string? Title, string? Description, bool? IsPublic, int? MaxParticipants, JsonElement? AppSettings, DateTime? StartsAt, DateTime? EndsAt);

internal static class Rooms
{
    private const int LongestTitle = 200;
    // A count reads what it counts.
    private const int MostCounted = 1000;
    // Of the caller's rooms a page goes through so many at most, where few are as the filter wants them; so many at a time.
    private const int MostWalked = 20 * Stride;
    private const int Stride = Pages.Usual + 1;

    public static void MapRooms(this IEndpointRouteBuilder api)
    {
        var rooms = api.MapGroup("/rooms").WithTags("Rooms");
        rooms.MapGet("/", ListAsync).WithSummary("Public rooms, the newest first; `mine=true`: those the caller is in.").Produces<Page<RoomView>>().ProducesProblem(401);
        rooms.MapGet("/{roomId}", FindAsync).WithSummary("One room.").Produces<RoomView>().ProducesProblem(404);
        rooms.MapPost("/", CreateAsync).RequireAuthorization().AcceptIdempotencyKey()
            .WithSummary("A new room, as a draft; who makes it is its ADMIN.").Produces<RoomView>(201).ProducesProblem(422);
        rooms.MapPatch("/{roomId}", ChangeAsync).RequireAuthorization().WithSummary("Changes a draft or an active room.").Produces<RoomView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        Transition("publish", RoomStatus.Active, RoomStatus.Draft);
        Transition("complete", RoomStatus.Completed, RoomStatus.Active);
        Transition("cancel", RoomStatus.Cancelled, RoomStatus.Draft, RoomStatus.Active);

        void Transition(string verb, RoomStatus to, params RoomStatus[] from) => rooms
            .MapPost($"/{{roomId}}/{verb}", (RoomWork work, TimeProvider clock, ClaimsPrincipal user, string roomId, CancellationToken stop) => MoveAsync(work, clock, Caller.Of(user), roomId, from, to, stop))
            .RequireAuthorization().AcceptIdempotencyKey().WithSummary($"{string.Join(" or ", from)} becomes {to}.").Produces<RoomView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(
        EventPlatformContext db, ClaimsPrincipal user, [FromQuery] Label<RoomStatus>? status, [FromQuery] string? appId, [FromQuery] bool? mine, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        if (mine is true && caller.Id is null)
        {
            return TypedResults.Problem(statusCode: 401, title: "Sign in to see your rooms.");
        }

        var rooms = mine is true ? db.Rooms.AsNoTracking() : db.Rooms.AsNoTracking().Where(r => r.IsPublic && r.Status != RoomStatus.Draft && (after == null || r.Id.CompareTo(after) < 0));
        if (status?.Value is { } wanted)
        {
            rooms = rooms.Where(r => r.Status == wanted);
        }

        if (appId is not null)
        {
            // Its own look-up: behind a join PostgreSQL does not know that there is one app only, and would sort all of its rooms.
            var app = await db.Apps.Where(a => a.AppId == appId).Select(a => a.Id).SingleOrDefaultAsync(stop);
            rooms = rooms.Where(r => r.AppId == app);
        }

        var page = mine is true ? await MineAsync(db, rooms, caller.Id!, after, limit, stop) : await WithApps(db, rooms.OrderByDescending(r => r.Id)).PageAsync(limit, r => r.Room.Id, stop);
        return TypedResults.Ok(new Page<RoomView>([.. page.Items.Where(r => r.AppId is not null).Select(r => View(r.Room, r.AppId!))], page.Next));
    }

    /// <summary>Through the rooms that somebody is or was in, and each looked up by its key: what a page costs does not depend on how many those are.</summary>
    /// <remarks>
    /// By bounds of the user, never `userId = …`: then the order asked for is that of the unique index over both columns, and of no other, and nothing may be sorted. Left to its
    /// statistics, PostgreSQL reads all of somebody's rooms by the index over users, or those of all others by the one over rooms. Who has left is left out here: in the statement, any
    /// number could be gone through.
    /// </remarks>
    private static Task<Page<RoomOfApp>> MineAsync(EventPlatformContext db, IQueryable<Room> rooms, string userId, string? after, int? limit, CancellationToken stop) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            var (size, from, found) = (Pages.Size(limit), after, new List<RoomOfApp>());
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            await db.Database.ExecuteSqlAsync($"SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off", stop);
            for (var walked = 0; walked < MostWalked; walked += Stride)
            {
                var mine = db.Participants.IgnoreQueryFilters([EntityConfiguration.SoftDeleteFilter]).Where(p => p.UserId.CompareTo(userId) >= 0);
                mine = from is { } last
                    ? mine.Where(p => EF.Functions.LessThan(ValueTuple.Create(p.UserId, p.RoomId), ValueTuple.Create(userId, last)))
                    : mine.Where(p => p.UserId.CompareTo(userId) <= 0);
                var walk = await mine.OrderByDescending(p => p.UserId).ThenByDescending(p => p.RoomId).Take(Stride).Select(p => new { p.RoomId, p.DeletedAt }).ToListAsync(stop);
                var ids = walk.Where(p => p.DeletedAt is null).Select(p => p.RoomId).ToArray();
                var byId = await WithApps(db, rooms.Where(r => ids.Contains(r.Id))).ToDictionaryAsync(r => r.Room.Id, stop);
                found.AddRange(ids.Where(byId.ContainsKey).Select(id => byId[id]));
                if (found.Count > size)
                {
                    return new Page<RoomOfApp>(found[..size], found[size - 1].Room.Id);
                }

                if (walk.Count < Stride)
                {
                    return new(found, null);
                }

                from = walk[^1].RoomId;
            }

            return new(found, from);
        });

    private static async Task<IResult> FindAsync(EventPlatformContext db, ClaimsPrincipal user, string roomId, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        var found = await WithApps(db, db.Rooms.AsNoTracking().Where(r => r.Id == roomId)).SingleOrDefaultAsync(stop);
        var me = await db.Membership(roomId, caller.Id).AsNoTracking().Include(p => p.Ticket).SingleOrDefaultAsync(stop);
        if (found is not { Room: var room, AppId: { } app } || !Rules.MaySee(room, me, caller))
        {
            return Refused.NotFound("room");
        }

        var participants = await db.Participants.Where(p => p.RoomId == roomId).OrderBy(p => p.Id).Take(MostCounted).CountAsync(stop);
        return TypedResults.Ok(View(room, app, me) with { MyTicket = me?.Ticket?.Number, Participants = participants });
    }

    // Each room's app is looked up: joined, PostgreSQL may read through all apps for a few of them. Null where the app is retired for good.
    private static IQueryable<RoomOfApp> WithApps(EventPlatformContext db, IQueryable<Room> rooms) =>
        rooms.Select(r => new RoomOfApp { Room = r, AppId = db.Apps.Where(a => a.Id == r.AppId).Select(a => a.AppId).SingleOrDefault() });

    private sealed class RoomOfApp
    {
        public required Room Room { get; init; }

        public string? AppId { get; init; }
    }

    private static async Task<IResult> CreateAsync(EventPlatformContext db, ClaimsPrincipal user, NewRoomRequest request, CancellationToken stop)
    {
        if (await db.Apps.SingleOrDefaultAsync(a => a.AppId == request.AppId && a.IsActive, stop) is not { } app)
        {
            return Refused.Invalid("app_unknown", "There is no active app of that appId.");
        }

        if ((Limits.Text("description", request.Description) ?? Limits.Value("appSettings", request.AppSettings) ?? Wrong(app, request.Title, request.MaxParticipants, request.AppSettings, request.StartsAt, request.EndsAt)) is { } wrong)
        {
            return wrong;
        }

        var room = new Room
        {
            App = app, Title = request.Title, Description = request.Description, IsPublic = request.IsPublic, MaxParticipants = request.MaxParticipants,
            AppSettings = Json.Document(request.AppSettings), StartsAt = request.StartsAt, EndsAt = request.EndsAt,
        };
        var me = new Participant { Room = room, UserId = Caller.Of(user).Id!, Role = ParticipantRole.Admin };
        db.AddRange(room, me, new Ticket { Room = room, Number = 1, Participant = me });
        await db.SaveChangesAsync(stop);
        return TypedResults.Created($"/api/v1/rooms/{room.Id}", View(room, me));
    }

    private static Task<IResult> ChangeAsync(RoomWork work, ClaimsPrincipal user, string roomId, RoomChange change, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        return work.ManagedAsync(roomId, caller, (room, me) =>
        {
            var settings = change.AppSettings ?? Json.Element(room.AppSettings);
            if ((Limits.Text("description", change.Description) ?? Limits.Value("appSettings", change.AppSettings)
                ?? Wrong(room.App, change.Title ?? room.Title, change.MaxParticipants, settings, change.StartsAt ?? room.StartsAt, change.EndsAt ?? room.EndsAt)) is { } wrong)
            {
                return Task.FromResult<Step>(wrong);
            }

            room.Title = change.Title ?? room.Title;
            room.Description = change.Description ?? room.Description;
            room.IsPublic = change.IsPublic ?? room.IsPublic;
            room.MaxParticipants = change.MaxParticipants ?? room.MaxParticipants;
            room.AppSettings = change.AppSettings is null ? room.AppSettings : Json.Document(change.AppSettings);
            room.StartsAt = change.StartsAt ?? room.StartsAt;
            room.EndsAt = change.EndsAt ?? room.EndsAt;
            return Task.FromResult(new Step(TypedResults.Ok(View(room, me)), new RoomEvent(room.Id, "room_changed")));
        }, stop);
    }

    private static Task<IResult> MoveAsync(RoomWork work, TimeProvider clock, Caller caller, string roomId, RoomStatus[] from, RoomStatus to, CancellationToken stop) =>
        work.RunAsync(roomId, caller, (room, me) =>
        {
            if (!Rules.MayManage(me, caller))
            {
                return Task.FromResult<Step>(RoomWork.NotYours);
            }

            if (!from.Contains(room.Status))
            {
                return Task.FromResult<Step>(Refused.Conflict("transition_not_allowed", $"A room that is {room.Status} does not become {to}."));
            }

            room.Status = to;
            if (to is not RoomStatus.Active)
            {
                room.EndsAt = clock.GetUtcNow().UtcDateTime;
            }

            return Task.FromResult(new Step(TypedResults.Ok(View(room, me)), new RoomEvent(room.Id, $"room_{to}".ToLowerInvariant())));
        }, stop);

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Wrong(Data.App app, string title, int? most, JsonElement? settings, DateTime? starts, DateTime? ends) =>
        title.Length is 0 or > LongestTitle ? Refused.Invalid("title_invalid", $"A title has 1 to {LongestTitle} letters.")
        : most is < 1 or > 1_000_000 ? Refused.Invalid("max_participants_invalid", "A room takes 1 to 1,000,000 participants.")
        : ends < starts ? Refused.Invalid("times_invalid", "It ends before it starts.")
        : settings is { } given && app.Manifest.RootElement.TryGetProperty("settings", out var schema) && SettingsSchema.Read(schema, out _)?.Check(given) is { } wrong
            ? Refused.Invalid("settings_invalid", $"The app's manifest says: {wrong}")
        : null;

    private static RoomView View(Room room, Participant? me) => View(room, room.App.AppId, me);

    private static RoomView View(Room room, string app, Participant? me = null) => new(
        room.Id, app, room.Title, room.Description, room.Status, room.IsPublic, room.MaxParticipants, Json.Element(room.AppSettings), room.StartsAt, room.EndsAt, room.CreatedAt) { MyRole = me?.Role };
}
