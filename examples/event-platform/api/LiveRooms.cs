using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using EventPlatform.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventPlatform;

/// <summary>Tells those who watch a room what happened in it, on whichever node it did: PostgreSQL's notifications come with the commit.</summary>
internal sealed partial class LiveRooms(IServiceScopeFactory scopes, IHostApplicationLifetime host, IConfiguration configuration, TimeProvider clock, ILogger<LiveRooms> log) : BackgroundService
{
    public const string Channel = "event_platform_rooms";

    private const int Waiting = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Channel<RoomEvent?>, string> watchers = new();
    private readonly TimeSpan heartbeat = configuration.GetValue("LIVE_HEARTBEAT", TimeSpan.FromSeconds(15));
    private readonly Seats perRoom = new(configuration.GetValue("LIVE_PER_ROOM", 5000));
    private readonly Seats perAddress = new(configuration.GetValue("LIVE_PER_ADDRESS", 100));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenForEverAsync(stoppingToken), BeatAsync(stoppingToken));

    private async Task ListenForEverAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stop);
            }
            catch (Exception lost) when (lost is NpgsqlException or TimeoutException or IOException)
            {
                Lost(log, lost.Message);
                await Task.Delay(Pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
        }
    }

    // Proxies cut what says nothing for long.
    private async Task BeatAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(heartbeat, clock);
        while (!stop.IsCancellationRequested)
        {
            await ((Task)timer.WaitForNextTickAsync(stop).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Who has something to hear yet needs no more.
            foreach (var (watcher, _) in watchers.Where(w => w.Key.Reader.Count == 0))
            {
                watcher.Writer.TryWrite(null);
            }
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        // The context's own: a connection string that it shows has no password.
        var db = scope.ServiceProvider.GetRequiredService<EventPlatformContext>().Database;
        await db.OpenConnectionAsync(stop);
        var connection = (NpgsqlConnection)db.GetDbConnection();
        connection.Notification += (_, notified) => Tell(JsonSerializer.Deserialize<RoomEvent>(notified.Payload, JsonSerializerOptions.Web)!);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(stop);
        }

        // What was said while nobody listened is lost: whoever watches looks again.
        foreach (var (watcher, room) in watchers)
        {
            watcher.Writer.TryWrite(new RoomEvent(room, "look_again"));
        }

        while (true)
        {
            await connection.WaitAsync(stop);
        }
    }

    private void Tell(RoomEvent told)
    {
        foreach (var (watcher, _) in watchers.Where(w => w.Value == told.RoomId))
        {
            watcher.Writer.TryWrite(told);
        }
    }

    /// <summary>Takes a watcher's place, which the response gives back; or says why there is none.</summary>
    public ProblemHttpResult? Enter(HttpContext context, string roomId)
    {
        var address = Address(context.Connection.RemoteIpAddress);
        if (!perAddress.TryTake(address))
        {
            return Full(context, StatusCodes.Status429TooManyRequests, "too_many_streams", "From your network address as many streams are open as may be.");
        }

        if (!perRoom.TryTake(roomId))
        {
            perAddress.GiveBack(address);
            return Full(context, StatusCodes.Status503ServiceUnavailable, "too_many_watchers", "As many watch this room as one server can tell; ask for what it shows from time to time.");
        }

        context.Response.OnCompleted(() =>
        {
            perAddress.GiveBack(address);
            perRoom.GiveBack(roomId);
            return Task.CompletedTask;
        });
        return null;
    }

    /// <summary>What happens in a room, and null when nothing did for a while.</summary>
    /// <param name="me">The watcher's place in the room; null where he has none.</param>
    public async IAsyncEnumerable<RoomEvent?> WatchAsync(string roomId, Caller caller, string? me, [EnumeratorCancellation] CancellationToken stop)
    {
        // Who reads slowly gets the newest; the page asks for what it shows anyway.
        var channel = System.Threading.Channels.Channel.CreateBounded<RoomEvent?>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, host.ApplicationStopping);
        watchers[channel] = roomId;
        try
        {
            // Who was sent out before he was listed here would not be told.
            if (!await MaySeeAsync(caller, roomId, ending.Token))
            {
                yield break;
            }

            yield return new RoomEvent(roomId, "watching");
            await foreach (var told in channel.Reader.ReadAllAsync(ending.Token))
            {
                if (told is not null && MayEnd(told, me) && !await MaySeeAsync(caller, roomId, ending.Token))
                {
                    yield break;
                }

                yield return told;
            }
        }
        finally
        {
            watchers.TryRemove(channel, out _);
        }
    }

    // After any of these a watcher may be one no more: he left or was sent out, the room is private now, or nobody knows what happened.
    private static bool MayEnd(RoomEvent told, string? me) => told.Type is "room_changed" or "look_again" || (told.Type == "left" && told.Id == me);

    private async Task<bool> MaySeeAsync(Caller caller, string roomId, CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Draws.MaySeeAsync(scope.ServiceProvider.GetRequiredService<EventPlatformContext>(), caller, roomId, stop);
    }

    private static ProblemHttpResult Full(HttpContext context, int status, string code, string why)
    {
        context.Response.Headers.RetryAfter = "30";
        return Refused.Because(status, code, why);
    }

    // Of IPv6 the /64: its owner has all of it.
    private static string Address(IPAddress? address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address?.MapToIPv4().ToString() ?? "";

    [LoggerMessage(1, LogLevel.Warning, "Live updates pause, the database does not answer: {Reason}")]
    private static partial void Lost(ILogger log, string reason);
}

internal static class LiveRoomsEndpoint
{
    public static void MapLiveRooms(this IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{roomId}/events", WatchAsync)
            .WithTags("Live").WithSummary("What happens in a room, as Server-Sent Events.").Produces(200, contentType: "text/event-stream").ProducesProblem(404).ProducesProblem(429).ProducesProblem(503);

    private static async Task<IResult> WatchAsync(HttpContext context, EventPlatformContext db, LiveRooms live, ClaimsPrincipal user, string roomId, CancellationToken stop)
    {
        var caller = Caller.Of(user);
        if (!await Draws.MaySeeAsync(db, caller, roomId, stop))
        {
            return Refused.NotFound("room");
        }

        if (live.Enter(context, roomId) is { } full)
        {
            return full;
        }

        var me = await db.Membership(roomId, caller.Id).Select(p => p.Id).SingleOrDefaultAsync(stop);
        return new EventStream(live.WatchAsync(roomId, caller, me, stop));
    }

    /// <summary>As the framework's own, with a comment for each null: it has none.</summary>
    private sealed class EventStream(IAsyncEnumerable<RoomEvent?> events) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache,no-store";
            httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await foreach (var told in events)
            {
                await response.WriteAsync(told is null ? ":\n\n" : $"event: {told.Type}\ndata: {JsonSerializer.Serialize(told, JsonSerializerOptions.Web)}\n\n", httpContext.RequestAborted);
                await response.Body.FlushAsync(httpContext.RequestAborted);
            }
        }
    }
}
