using System.Security.Claims;
using System.Text.Json;
using EventPlatform.Data;
using Microsoft.EntityFrameworkCore;
using Sluice.Auth.Idempotency;

namespace EventPlatform;

/// <param name="Left">How many may still be drawn.</param>
/// <param name="Commitment">To the seed of the next draw: SHA-256 in hexadecimal.</param>
public sealed record PrizeView(string Id, string Name, string? Description, string? ImageUrl, int Quantity, int Left, int Position, JsonElement? Metadata, int Round, string? Commitment);

public sealed record PrizeRequest(string Name, string? Description, string? ImageUrl, int? Quantity, int? Position, JsonElement? Metadata);

/// <summary>What is left out stays.</summary>
public sealed record PrizeChange(string? Name, string? Description, string? ImageUrl, int? Quantity, int? Position, JsonElement? Metadata);

/// <param name="Next">The announced draw; null where the prize is of before there were draws.</param>
/// <param name="Tickets">How many the room has given out.</param>
internal sealed record PrizeStand(Prize Prize, Draw? Next, int Won, int Tickets);

internal static class Prizes
{
    private const int Most = 100_000;

    public static void MapPrizes(this IEndpointRouteBuilder api)
    {
        var prizes = api.MapGroup("/rooms/{roomId}/prizes").WithTags("Prizes");
        prizes.MapGet("/", ListAsync).WithSummary("What is to be won, in order, each with the commitment to its next draw.").Produces<PrizeView[]>().ProducesProblem(404);
        prizes.MapPost("/", AddAsync).RequireAuthorization().AcceptIdempotencyKey().WithSummary("A prize more.").Produces<PrizeView>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        prizes.MapPatch("/{prizeId}", ChangeAsync).RequireAuthorization().WithSummary("Changes a prize; never to fewer than were won.").Produces<PrizeView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        prizes.MapDelete("/{prizeId}", RemoveAsync).RequireAuthorization().WithSummary("A prize less; refused when it has winners.").Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static async Task<IResult> ListAsync(EventPlatformContext db, ClaimsPrincipal user, string roomId, CancellationToken stop)
    {
        if (!await Draws.MaySeeAsync(db, Caller.Of(user), roomId, stop))
        {
            return Refused.NotFound("room");
        }

        var prizes = await db.Prizes.AsNoTracking().Where(p => p.RoomId == roomId).OrderBy(p => p.Position).ThenBy(p => p.Id).Take(Pages.Largest)
            .Select(p => new
            {
                Prize = p,
                Won = p.Winners.Count,
                // Each a look-up of one row; the row as a whole EF Core would find by numbering all draws.
                Round = p.Draws.OrderByDescending(d => d.Round).Select(d => d.Round).FirstOrDefault(),
                Commitment = p.Draws.OrderByDescending(d => d.Round).Select(d => d.Commitment).FirstOrDefault(),
            }).ToListAsync(stop);
        return TypedResults.Ok(prizes.Select(p => View(p.Prize, p.Won, p.Round, p.Commitment)).ToArray());
    }

    private static Task<IResult> AddAsync(EventPlatformContext db, RoomWork work, DrawSeeds seeds, ClaimsPrincipal user, string roomId, PrizeRequest request, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        return work.ManagedAsync(roomId, caller, async (_, _) =>
        {
            if ((Wrong(request.Name, request.Quantity ?? 1) ?? Wrong(request.Description, request.ImageUrl, request.Metadata)) is { } wrong)
            {
                return wrong;
            }

            if (await db.Prizes.CountAsync(p => p.RoomId == roomId, stop) >= Pages.Largest)
            {
                return Refused.Conflict("prizes_full", $"A room has at most {Pages.Largest} prizes.");
            }

            var prize = new Prize
            {
                RoomId = roomId, Name = request.Name, Description = request.Description, ImageUrl = request.ImageUrl, Quantity = request.Quantity ?? 1, Position = request.Position ?? 0, Metadata = Json.Document(request.Metadata),
            };
            db.Add(prize);
            var next = seeds.Open(prize, 1);
            db.Add(next);
            return new Step(TypedResults.Created($"/api/v1/rooms/{roomId}/prizes/{prize.Id}", View(prize, 0, next.Round, next.Commitment)), new RoomEvent(roomId, "prize_added", prize.Id));
        }, stop);
    }

    private static Task<IResult> ChangeAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, string prizeId, PrizeChange change, CancellationToken stop) =>
        work.ManagedAsync(roomId, Caller.Of(user), async (_, _) =>
        {
            if (await FindAsync(db, roomId, prizeId, stop) is not { } prize)
            {
                return Refused.NotFound("prize");
            }

            var won = await WonAsync(db, prizeId, stop);
            if ((Wrong(change.Name ?? prize.Name, change.Quantity ?? prize.Quantity) ?? Wrong(change.Description, change.ImageUrl, change.Metadata)) is { } wrong)
            {
                return wrong;
            }

            if (change.Quantity < won)
            {
                return Refused.Conflict("quantity_won", $"{won} were won already.");
            }

            prize.Name = change.Name ?? prize.Name;
            prize.Description = change.Description ?? prize.Description;
            prize.ImageUrl = change.ImageUrl ?? prize.ImageUrl;
            prize.Quantity = change.Quantity ?? prize.Quantity;
            prize.Position = change.Position ?? prize.Position;
            prize.Metadata = change.Metadata is null ? prize.Metadata : Json.Document(change.Metadata);
            var next = await NextAsync(db, prizeId, stop);
            return new Step(TypedResults.Ok(View(prize, won, next?.Round ?? 0, next?.Commitment)), new RoomEvent(roomId, "prize_changed", prize.Id));
        }, stop);

    private static Task<IResult> RemoveAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, string prizeId, CancellationToken stop) =>
        work.ManagedAsync(roomId, Caller.Of(user), async (_, _) =>
        {
            if (await FindAsync(db, roomId, prizeId, stop) is not { } prize)
            {
                return Refused.NotFound("prize");
            }

            if (await WonAsync(db, prizeId, stop) > 0)
            {
                return Refused.Conflict("prize_won", "Somebody has won it: revoke the winners first.");
            }

            db.Remove(prize);
            return new Step(TypedResults.NoContent(), new RoomEvent(roomId, "prize_removed", prize.Id));
        }, stop);

    public static Task<Prize?> FindAsync(EventPlatformContext db, string roomId, string prizeId, CancellationToken stop) =>
        db.Prizes.SingleOrDefaultAsync(p => p.Id == prizeId && p.RoomId == roomId, stop);

    public static Task<int> WonAsync(EventPlatformContext db, string prizeId, CancellationToken stop) => db.Winners.CountAsync(w => w.PrizeId == prizeId, stop);

    /// <summary>All that a draw asks of a prize and its room, in one question.</summary>
    public static Task<PrizeStand?> StandAsync(EventPlatformContext db, string roomId, string prizeId, CancellationToken stop) =>
        (from prize in db.Prizes.Where(p => p.Id == prizeId && p.RoomId == roomId)
         from next in db.Draws.Where(d => d.PrizeId == prizeId).OrderByDescending(d => d.Round).Take(1).DefaultIfEmpty()
         select new PrizeStand(
             prize, next, db.Winners.Count(w => w.PrizeId == prizeId),
             db.Tickets.Where(t => t.RoomId == roomId).OrderByDescending(t => t.Number).Select(t => t.Number).FirstOrDefault())).SingleOrDefaultAsync(stop);

    /// <summary>The draw that was announced and not drawn yet: the last, as each draw announces the next. None where the prize is of before there were draws.</summary>
    public static Task<Draw?> NextAsync(EventPlatformContext db, string prizeId, CancellationToken stop) =>
        db.Draws.Where(d => d.PrizeId == prizeId).OrderByDescending(d => d.Round).FirstOrDefaultAsync(stop);

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Wrong(string name, int quantity) =>
        name.Length is 0 or > 200 ? Refused.Invalid("name_invalid", "A name has 1 to 200 letters.")
        : quantity is < 1 or > Most ? Refused.Invalid("quantity_invalid", $"Of a prize there are 1 to {Most}.")
        : null;

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Wrong(string? description, string? imageUrl, JsonElement? metadata) =>
        Limits.Text("description", description) ?? Limits.Address("imageUrl", imageUrl) ?? Limits.Value("metadata", metadata);

    private static PrizeView View(Prize prize, int won, int round, string? commitment) => new(
        prize.Id, prize.Name, prize.Description, prize.ImageUrl, prize.Quantity, prize.Quantity - won, prize.Position, Json.Element(prize.Metadata), round, commitment);
}
