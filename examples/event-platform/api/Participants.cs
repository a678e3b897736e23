using System.Security.Claims;
using System.Text.Json;
using EventPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Sluice.Auth.Idempotency;
using Sluice.EntityFrameworkCore.Mapping;

namespace EventPlatform;

public sealed record ParticipantView(string Id, string UserId, string? Name, ParticipantRole Role, int? Ticket, DateTime JoinedAt);

/// <param name="Role">PARTICIPANT, who can win, or VIEWER, who watches.</param>
public sealed record JoinRequest(ParticipantRole? Role);

public sealed record InviteRequest(string UserId, ParticipantRole Role);

public sealed record RoleRequest(ParticipantRole Role);

internal static class Participants
{
    public static void MapParticipants(this IEndpointRouteBuilder api)
    {
        var room = api.MapGroup("/rooms/{roomId}").WithTags("Participants").RequireAuthorization();
        room.MapGet("/participants", ListAsync).WithSummary("Who is in the room, for those who are.").Produces<Page<ParticipantView>>().ProducesProblem(404);
        room.MapPost("/join", JoinAsync).AcceptIdempotencyKey().WithSummary("Comes into a public room, or back into any.").Produces<ParticipantView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        room.MapPost("/leave", LeaveAsync).AcceptIdempotencyKey().WithSummary("Leaves; the ticket stays for who comes back.").Produces(204).ProducesProblem(404).ProducesProblem(409);
        room.MapPost("/participants", InviteAsync).AcceptIdempotencyKey().WithSummary("Brings somebody in, in a role below one's own.").Produces<ParticipantView>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        room.MapPatch("/participants/{participantId}", PromoteAsync).WithSummary("Gives another role.").Produces<ParticipantView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        room.MapDelete("/participants/{participantId}", RemoveAsync).WithSummary("Sends somebody out, for good.").Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(
        EventPlatformContext db, ClaimsPrincipal user, string roomId, [FromQuery] Label<ParticipantRole>? role, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        if (!caller.IsAdmin && !await db.Membership(roomId, caller.Id).AnyAsync(stop))
        {
            return Refused.NotFound("room");
        }

        var people = db.Participants.AsNoTracking().Where(p => p.RoomId == roomId && (after == null || p.Id.CompareTo(after) > 0));
        if (role?.Value is { } wanted)
        {
            people = people.Where(p => p.Role == wanted);
        }

        var page = await people.OrderBy(p => p.Id).Select(p => new ParticipantView(p.Id, p.UserId, p.User.Name, p.Role, p.Ticket!.Number, p.JoinedAt)).PageAsync(limit, p => p.Id, stop);
        return TypedResults.Ok(page);
    }

    private static Task<IResult> JoinAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, JoinRequest? request, CancellationToken stop)
    {
        var (caller, role) = (Caller.Of(user), request?.Role ?? ParticipantRole.Participant);
        if (role is not (ParticipantRole.Participant or ParticipantRole.Viewer))
        {
            return Task.FromResult<IResult>(Refused.Forbidden("One joins as PARTICIPANT or VIEWER; other roles are given."));
        }

        return ComeAsync(db, work, roomId, caller, caller.Id!, role, StatusCodes.Status200OK, (room, me, before) =>
            me is not null ? new Step(TypedResults.Ok(View(me)), new RoomEvent(room.Id, "seen"))
            : before is null && !room.IsPublic ? Refused.NotFound("room")
            : before?.Metadata?.RootElement.TryGetProperty("removedBy", out _) is true ? Refused.Forbidden("A moderator of the room sent you out.")
            : (Step?)null, stop);
    }

    private static Task<IResult> InviteAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, InviteRequest request, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        return ComeAsync(db, work, roomId, caller, request.UserId, request.Role, StatusCodes.Status201Created, (room, me, before) =>
            !Rules.MayModerate(me, caller, request.Role) ? Refused.Forbidden("That role is not yours to give.")
            : before is { DeletedAt: null } ? Refused.Conflict("already_in_room", "Who was named is in the room.")
            : (Step?)null, stop);
    }

    /// <param name="refuse">Sees what the caller is, and what who comes was; null lets in.</param>
    private static Task<IResult> ComeAsync(
        EventPlatformContext db, RoomWork work, string roomId, Caller caller, string userId, ParticipantRole role, int status, Func<Room, Participant?, Participant?, Step?> refuse, CancellationToken stop) =>
        work.RunAsync(roomId, caller, async (room, me) =>
        {
            var before = await db.Membership(roomId, userId).IgnoreQueryFilters([EntityConfiguration.SoftDeleteFilter]).Include(p => p.User).Include(p => p.Ticket).SingleOrDefaultAsync(stop);
            if (refuse(room, me, before) is { } refusal)
            {
                return refusal;
            }

            if (room.Status is not RoomStatus.Active && (room.Status is not RoomStatus.Draft || userId == caller.Id))
            {
                return RoomWork.Over(room);
            }

            // Nobody has to be counted while not so many tickets were given out.
            if (room.MaxParticipants is { } most && await TicketsAsync(db, roomId, stop) >= most && await db.Participants.Where(p => p.RoomId == roomId).Take(most).CountAsync(stop) >= most)
            {
                return Refused.Conflict("room_full", $"The room takes {most} participants.");
            }

            if (before is null && await db.Users.SingleOrDefaultAsync(u => u.Id == userId, stop) is null)
            {
                return Refused.NotFound("user");
            }

            if (before is not null)
            {
                (before.DeletedAt, before.Role, before.Metadata) = (null, role, null);
            }
            else
            {
                before = new Participant { RoomId = roomId, UserId = userId, Role = role };
                before.Ticket = new Ticket { RoomId = roomId, Number = 1 + await TicketsAsync(db, roomId, stop), Participant = before };
                db.Add(before);
            }

            await db.SaveChangesAsync(stop);
            return new Step(status == StatusCodes.Status201Created ? TypedResults.Created($"/api/v1/rooms/{roomId}/participants/{before.Id}", View(before)) : TypedResults.Ok(View(before)), new RoomEvent(roomId, "joined", before.Id));
        }, stop);

    private static Task<IResult> LeaveAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, CancellationToken stop) =>
        work.RunAsync(roomId, Caller.Of(user), async (room, me) =>
        {
            if (me is null)
            {
                return Refused.NotFound("participant");
            }

            if (me.Role is ParticipantRole.Admin && !await db.Participants.AnyAsync(p => p.RoomId == roomId && p.Role == ParticipantRole.Admin && p.Id != me.Id, stop))
            {
                return Refused.Conflict("last_admin", "A room keeps an admin: give the role to somebody first.");
            }

            db.Remove(me);
            return new Step(TypedResults.NoContent(), new RoomEvent(roomId, "left", me.Id));
        }, stop);

    private static Task<IResult> PromoteAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, string participantId, RoleRequest request, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        return WithAsync(db, work, roomId, caller, participantId, async (me, whom) =>
        {
            if (!Rules.MayPromote(me, caller, whom.Role, request.Role))
            {
                return Refused.Forbidden("That role is not yours to give or take.");
            }

            if (await IsLastAdminAsync(db, whom, stop) && request.Role is not ParticipantRole.Admin)
            {
                return Refused.Conflict("last_admin", "A room keeps an admin.");
            }

            whom.Role = request.Role;
            return new Step(TypedResults.Ok(View(whom)), new RoomEvent(roomId, "role_changed", whom.Id));
        }, stop);
    }

    private static Task<IResult> RemoveAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, string participantId, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        return WithAsync(db, work, roomId, caller, participantId, async (me, whom) =>
        {
            if (!Rules.MayModerate(me, caller, whom.Role))
            {
                return Refused.Forbidden("Who was named is not yours to send out.");
            }

            if (await IsLastAdminAsync(db, whom, stop))
            {
                return Refused.Conflict("last_admin", "A room keeps an admin.");
            }

            whom.Metadata = JsonSerializer.SerializeToDocument(new { removedBy = caller.Id });
            await db.SaveChangesAsync(stop);
            db.Remove(whom);
            return new Step(TypedResults.NoContent(), new RoomEvent(roomId, "left", whom.Id));
        }, stop);
    }

    private static Task<IResult> WithAsync(EventPlatformContext db, RoomWork work, string roomId, Caller caller, string participantId, Func<Participant?, Participant, Task<Step>> change, CancellationToken stop) =>
        work.RunAsync(roomId, caller, async (room, me) =>
            room.Status is not (RoomStatus.Draft or RoomStatus.Active) ? RoomWork.Over(room)
            : await db.Participants.Include(p => p.User).Include(p => p.Ticket).SingleOrDefaultAsync(p => p.Id == participantId && p.RoomId == roomId, stop) is { } whom ? await change(me, whom)
            : Refused.NotFound("participant"), stop);

    private static async Task<bool> IsLastAdminAsync(EventPlatformContext db, Participant whom, CancellationToken stop) =>
        whom.Role is ParticipantRole.Admin && !await db.Participants.AnyAsync(p => p.RoomId == whom.RoomId && p.Role == ParticipantRole.Admin && p.Id != whom.Id, stop);

    /// <summary>What a user is in a room: one row or none, by the unique index over both.</summary>
    /// <remarks>The user is looked up on the way. With the id itself PostgreSQL reckons with many rows where somebody is in very many rooms and the room
    /// is large, and reads through the room for them; of a value that it does not know yet it expects one.</remarks>
    public static IQueryable<Participant> Membership(this EventPlatformContext db, string roomId, string? userId) =>
        db.Participants.Where(p => p.RoomId == roomId && p.UserId == db.Users.Where(u => u.Id == userId).Select(u => u.Id).SingleOrDefault());

    /// <summary>How many tickets a room has given out: the number of the last.</summary>
    public static async Task<int> TicketsAsync(EventPlatformContext db, string roomId, CancellationToken stop) =>
        await db.Tickets.Where(t => t.RoomId == roomId).OrderByDescending(t => t.Number).Select(t => t.Number).FirstOrDefaultAsync(stop);

    private static ParticipantView View(Participant p) => new(p.Id, p.UserId, p.User?.Name, p.Role, p.Ticket?.Number, p.JoinedAt);
}
