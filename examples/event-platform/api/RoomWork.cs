using System.Text.Json;
using EventPlatform.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace EventPlatform;

/// <summary>What became of a change.</summary>
/// <param name="Told">What those who watch the room are told; null for a refusal, of which nothing is kept.</param>
internal sealed record Step(IResult Answer, RoomEvent? Told)
{
    public static implicit operator Step(ProblemHttpResult refusal) => new(refusal, null);
}

/// <summary>What happened in a room, small enough for a notification; who wants to know more asks.</summary>
public sealed record RoomEvent(string RoomId, string Type, string? Id = null);

/// <summary>Changes of a room come one after another: each holds the room's row, so that what it has counted stays true until it is done.</summary>
internal sealed class RoomWork(EventPlatformContext db)
{
    public static ProblemHttpResult NotYours => Refused.Forbidden("Only an admin or organizer of the room does that.");

    public static Step Over(Room room) => Refused.Conflict("room_over", $"The room is {room.Status}.");

    /// <param name="change">Sees the room and what the caller is in it; null where he is not, or not any more.</param>
    public Task<IResult> RunAsync(string roomId, Caller caller, Func<Room, Participant?, Task<Step>> change, CancellationToken stop) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            // What fails is done again from the beginning: nobody goes back to the middle.
            db.Database.AutoSavepointsEnabled = false;
            await using var transaction = await db.Database.BeginTransactionAsync(stop);
            // Foreign keys to the room may still be written: this conflicts only with the likes of itself.
            if (await db.Rooms.FromSql($"""SELECT * FROM "rooms" WHERE "id" = {roomId} FOR NO KEY UPDATE""").SingleOrDefaultAsync(stop) is not { } room)
            {
                return Refused.NotFound("room");
            }

            // The app, which the context then finds as the room's, is not asked for with the room: joined to a locked row it may be read through all apps.
            var beside = await (from app in db.Apps.Where(a => a.Id == room.AppId) from member in db.Membership(roomId, caller.Id).DefaultIfEmpty() select new { app, member }).SingleOrDefaultAsync(stop);
            if (beside is not { member: var me } || !Rules.MaySee(room, me, caller))
            {
                return Refused.NotFound("room");
            }

            var step = await change(room, me);
            if (step.Told is { } told)
            {
                await db.SaveChangesAsync(stop);
                await db.Database.ExecuteSqlAsync($"SELECT pg_notify({LiveRooms.Channel}, {JsonSerializer.Serialize(told, JsonSerializerOptions.Web)})", stop);
                await transaction.CommitAsync(stop);
            }

            return step.Answer;
        });

    /// <summary>A change by who manages the room, while it is not over.</summary>
    public Task<IResult> ManagedAsync(string roomId, Caller caller, Func<Room, Participant?, Task<Step>> change, CancellationToken stop) =>
        RunAsync(roomId, caller, async (room, me) =>
            !Rules.MayManage(me, caller) ? NotYours
            : room.Status is RoomStatus.Draft or RoomStatus.Active ? await change(room, me)
            : Over(room), stop);
}
