using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using EventPlatform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventPlatform;

/// <summary>Tells those who watch a room what happened in it, on whichever node it did: PostgreSQL's notifications come with the commit.</summary>
internal sealed partial class LiveRooms(IServiceScopeFactory scopes, IHostApplicationLifetime host, TimeProvider clock, ILogger<LiveRooms> log) : BackgroundService
{
    public const string Channel = "event_platform_rooms";

    private const int Waiting = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Channel<RoomEvent>, string> watchers = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or TimeoutException or IOException)
            {
                Lost(log, lost.Message);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }
    }

    private async Task ListenAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var connection = new NpgsqlConnection(scope.ServiceProvider.GetRequiredService<EventPlatformContext>().Database.GetConnectionString());
        connection.Notification += (_, notified) => Tell(JsonSerializer.Deserialize<RoomEvent>(notified.Payload, JsonSerializerOptions.Web)!);
        await connection.OpenAsync(stop);
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

    public async IAsyncEnumerable<SseItem<RoomEvent>> WatchAsync(string roomId, [EnumeratorCancellation] CancellationToken stop)
    {
        // Who reads slowly gets the newest; the page asks for what it shows anyway.
        var channel = System.Threading.Channels.Channel.CreateBounded<RoomEvent>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, host.ApplicationStopping);
        watchers[channel] = roomId;
        try
        {
            yield return new SseItem<RoomEvent>(new RoomEvent(roomId, "watching"), "watching");
            await foreach (var told in channel.Reader.ReadAllAsync(ending.Token))
            {
                yield return new SseItem<RoomEvent>(told, told.Type);
            }
        }
        finally
        {
            watchers.TryRemove(channel, out _);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Live updates pause, the database does not answer: {Reason}")]
    private static partial void Lost(ILogger log, string reason);
}

internal static class LiveRoomsEndpoint
{
    public static void MapLiveRooms(this IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{roomId}/events", async (EventPlatformContext db, LiveRooms live, ClaimsPrincipal user, string roomId, CancellationToken stop) =>
            await Draws.MaySeeAsync(db, Caller.Of(user), roomId, stop)
                ? TypedResults.ServerSentEvents(live.WatchAsync(roomId, stop))
                : (IResult)Refused.NotFound("room"))
        .WithTags("Live").WithSummary("What happens in a room, as Server-Sent Events.").Produces(200, contentType: "text/event-stream").ProducesProblem(404);
}
