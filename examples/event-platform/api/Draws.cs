using System.Security.Claims;
using System.Text.Json;
using EventPlatform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Sluice.Auth.Idempotency;
using Sluice.EntityFrameworkCore.Mapping;

namespace EventPlatform;

public sealed record DrawRequest(int? Count);

/// <param name="Seed">In hexadecimal, from the draw on; SHA-256 of it is the commitment.</param>
/// <param name="Tickets">How many the room had given out.</param>
public sealed record DrawView(int Round, string Commitment, string? Seed, int? Tickets, DateTime? DrawnAt);

public sealed record WinnerView(string Id, string PrizeId, string ParticipantId, string? Name, int Ticket, int Round, DateTime WonAt);

public sealed record DrawnView(DrawView Draw, IReadOnlyList<WinnerView> Winners);

/// <summary>Winners are drawn from the tickets of the room; README.md says how to do a draw again.</summary>
internal static class Draws
{
    private const int Most = 100;
    // Where this many numbers in a row bring too few winners, few can win, and they are looked for.
    private const int Tries = 4096;
    private const int Few = 1000;

    public static void MapDraws(this IEndpointRouteBuilder api)
    {
        var room = api.MapGroup("/rooms/{roomId}").WithTags("Draws");
        room.MapPost("/prizes/{prizeId}/draw", DrawAsync).RequireAuthorization().RequireIdempotencyKey()
            .WithSummary("Draws winners of a prize, one unless `count` says more.").Produces<DrawnView>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(422);
        room.MapGet("/prizes/{prizeId}/draws", ListAsync).WithSummary("The draws of a prize: commitments, and the seeds of those that were.").Produces<Page<DrawView>>().ProducesProblem(404);
        room.MapGet("/winners", WinnersAsync).WithSummary("Who has won.").Produces<Page<WinnerView>>().ProducesProblem(404);
        room.MapDelete("/winners/{winnerId}", RevokeAsync).RequireAuthorization().WithSummary("Takes a prize back; it can be drawn again, by others.").Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    private static Task<IResult> DrawAsync(
        EventPlatformContext db, RoomWork work, DrawSeeds seeds, TimeProvider clock, ClaimsPrincipal user, string roomId, string prizeId, DrawRequest? request, CancellationToken stop)
    {
        var wanted = request?.Count ?? 1;
        return work.ManagedAsync(roomId, Caller.Of(user), async (room, _) =>
        {
            if (wanted is < 1 or > Most)
            {
                return Refused.Invalid("count_invalid", $"A draw has 1 to {Most} winners.");
            }

            if (room.Status is not RoomStatus.Active)
            {
                return Refused.Conflict("room_not_active", "Only a published room draws.");
            }

            if (await Prizes.StandAsync(db, roomId, prizeId, stop) is not { Prize: var prize } stand)
            {
                return Refused.NotFound("prize");
            }

            var count = Math.Min(wanted, prize.Quantity - stand.Won);
            if (count <= 0)
            {
                return Refused.Conflict("prize_exhausted", "All of it was won.");
            }

            if (stand.Next is not { DrawnAt: null } draw)
            {
                return Refused.Conflict("draw_not_announced", "No draw of this prize was announced yet.");
            }

            var seed = seeds.Of(draw.Id);
            if (Lottery.Commitment(seed) != draw.Commitment)
            {
                // The secret was changed since. To draw with another seed than was promised is no draw.
                return Refused.Conflict("commitment_broken", "The seed that was promised is gone with the platform's former secret; change the prize's round by an administrator.");
            }

            var drawn = await ChooseAsync(db, room, seed, stand.Tickets, count, stop);
            if (drawn.Count == 0)
            {
                return Refused.Conflict("nobody_left", "Nobody in the room can win any more.");
            }

            var now = clock.GetUtcNow().UtcDateTime;
            (draw.Seed, draw.Tickets, draw.DrawnAt) = (Convert.ToHexStringLower(seed), stand.Tickets, now);
            var winners = drawn.ConvertAll(c => new Winner
            {
                RoomId = roomId, PrizeId = prizeId, ParticipantId = c.ParticipantId, WonAt = now, Metadata = JsonSerializer.SerializeToDocument(new { round = draw.Round, ticket = c.Ticket }),
            });
            db.AddRange(winners);
            db.Add(seeds.Open(prize, draw.Round + 1));
            return new Step(
                TypedResults.Ok(new DrawnView(View(draw), [.. winners.Zip(drawn, (w, c) => new WinnerView(w.Id, prizeId, c.ParticipantId, c.Name, c.Ticket, draw.Round, now))])),
                new RoomEvent(roomId, "drawn", prizeId));
        }, stop);
    }

    /// <summary>The first of the seed's tickets whose holders are participants and have not won in this room.</summary>
    private static async Task<List<Candidate>> ChooseAsync(EventPlatformContext db, Room room, byte[] seed, int tickets, int count, CancellationToken stop)
    {
        var eligible = Eligible(db, room);
        var (chosen, few, begin) = (new List<Candidate>(), default(Dictionary<int, Candidate>), (count * 2) + 16);
        // Each is a hash: no more of them than are needed.
        using var numbers = Lottery.Numbers(seed, tickets).Take(Tries).GetEnumerator();
        for (var size = begin; chosen.Count < count && Next(numbers, size) is { Count: > 0 } next; size *= 2)
        {
            var holders = few ?? await eligible.Where(c => next.Contains(c.Ticket)).ToDictionaryAsync(c => c.Ticket, stop);
            chosen.AddRange(next.Where(n => holders.ContainsKey(n) && chosen.TrueForAll(c => c.Ticket != n)).Distinct().Select(n => holders[n]).Take(count - chosen.Count));
            if (size == begin && chosen.Count < count)
            {
                few = await FewAsync(db, room, eligible, stop);
            }
        }

        if (chosen.Count == count)
        {
            return chosen;
        }

        // Few of the tickets can win: the same numbers point into the list of those that can, in the order of their tickets.
        // Of a million there are some ten thousand at most where 4,096 tries have brought less than a hundred, and of each only the number is read.
        var rest = few?.Keys.Order().ToList() ?? await eligible.OrderBy(c => c.Ticket).Select(c => c.Ticket).ToListAsync(stop);
        rest.RemoveAll(chosen.ConvertAll(c => c.Ticket).Contains);
        var picked = new List<int>();
        while (chosen.Count + picked.Count < count && rest.Count > 0)
        {
            var at = Lottery.Numbers(seed, rest.Count).First() - 1;
            picked.Add(rest[at]);
            rest.RemoveAt(at);
        }

        few ??= await eligible.Where(c => picked.Contains(c.Ticket)).ToDictionaryAsync(c => c.Ticket, stop);
        return [.. chosen, .. picked.Select(n => few[n])];
    }

    private static List<int> Next(IEnumerator<int> numbers, int size)
    {
        var next = new List<int>();
        while (next.Count < size && numbers.MoveNext())
        {
            next.Add(numbers.Current);
        }

        return next;
    }

    /// <summary>All the candidates where the room has few participants among its viewers and others, found by them and not by all of its tickets; else null.</summary>
    private static async Task<Dictionary<int, Candidate>?> FewAsync(EventPlatformContext db, Room room, IQueryable<Candidate> eligible, CancellationToken stop)
    {
        // In the order of an index, so that no more than these are read, whatever PostgreSQL believes of the others.
        var few = await db.Participants.Where(p => p.RoomId == room.Id && p.Role == ParticipantRole.Participant).OrderBy(p => p.Id).Select(p => p.Id).Take(Few + 1).ToListAsync(stop);
        return few.Count <= Few ? await eligible.Where(c => few.Contains(c.ParticipantId)).ToDictionaryAsync(c => c.Ticket, stop) : null;
    }

    private static IQueryable<Candidate> Eligible(EventPlatformContext db, Room room)
    {
        var mayRepeat = room.AppSettings?.RootElement.TryGetProperty("repeatWinners", out var repeat) is true && repeat.ValueKind is JsonValueKind.True;
        // Winners that were revoked count: what was taken back is for others.
        return from t in db.Tickets.IgnoreQueryFilters([EntityConfiguration.SoftDeleteFilter])
               where t.RoomId == room.Id && t.Participant.DeletedAt == null && t.Participant.Role == ParticipantRole.Participant
                   && (mayRepeat || !t.Participant.Winners.Any(w => w.RoomId == room.Id))
               select new Candidate { Ticket = t.Number, ParticipantId = t.ParticipantId, Name = t.Participant.User.Name };
    }

    private static async Task<IResult> ListAsync(EventPlatformContext db, ClaimsPrincipal user, string roomId, string prizeId, [FromQuery] int? after, [FromQuery] int? limit, CancellationToken stop)
    {
        if (!await MaySeeAsync(db, Caller.Of(user), roomId, stop))
        {
            return Refused.NotFound("room");
        }

        var page = await db.Draws.AsNoTracking().Where(d => d.PrizeId == prizeId && d.RoomId == roomId && (after == null || d.Round > after)).OrderBy(d => d.Round)
            .PageAsync(limit, d => d.Round.ToString(System.Globalization.CultureInfo.InvariantCulture), stop);
        return TypedResults.Ok(new Page<DrawView>([.. page.Items.Select(View)], page.Next));
    }

    private static async Task<IResult> WinnersAsync(EventPlatformContext db, ClaimsPrincipal user, string roomId, [FromQuery] string? prizeId, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken stop)
    {
        if (!await MaySeeAsync(db, Caller.Of(user), roomId, stop))
        {
            return Refused.NotFound("room");
        }

        var page = await db.Winners.AsNoTracking().Where(w => w.RoomId == roomId && (prizeId == null || w.PrizeId == prizeId) && (after == null || w.Id.CompareTo(after) > 0)).OrderBy(w => w.Id)
            .Select(w => new { Winner = w, w.Participant.User.Name }).PageAsync(limit, w => w.Winner.Id, stop);
        return TypedResults.Ok(new Page<WinnerView>([.. page.Items.Select(w => View(w.Winner, w.Name))], page.Next));
    }

    private static Task<IResult> RevokeAsync(EventPlatformContext db, RoomWork work, ClaimsPrincipal user, string roomId, string winnerId, CancellationToken stop) =>
        work.ManagedAsync(roomId, Caller.Of(user), async (_, _) =>
        {
            if (await db.Winners.SingleOrDefaultAsync(w => w.Id == winnerId && w.RoomId == roomId, stop) is not { } winner)
            {
                return Refused.NotFound("winner");
            }

            db.Remove(winner);
            return new Step(TypedResults.NoContent(), new RoomEvent(roomId, "revoked", winner.Id));
        }, stop);

    public static async Task<bool> MaySeeAsync(EventPlatformContext db, Caller caller, string roomId, CancellationToken stop)
    {
        var me = await db.Membership(roomId, caller.Id).AsNoTracking().SingleOrDefaultAsync(stop);
        return await db.ReadRoomAsync(roomId, stop) is { } room && Rules.MaySee(room, me, caller);
    }

    private static DrawView View(Draw draw) => new(draw.Round, draw.Commitment, draw.Seed, draw.Tickets, draw.DrawnAt);

    private static WinnerView View(Winner winner, string? name) => new(
        winner.Id, winner.PrizeId, winner.ParticipantId, name, Number(winner, "ticket"), Number(winner, "round"), winner.WonAt);

    // Winners of before there were tickets have none.
    private static int Number(Winner winner, string of) => winner.Metadata?.RootElement is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty(of, out var number) && number.TryGetInt32(out var value) ? value : 0;

    private sealed class Candidate
    {
        public int Ticket { get; init; }

        public string ParticipantId { get; init; } = "";

        public string? Name { get; init; }
    }
}
