using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Revocation;

/// <summary>
/// Keeps the list of this node as the table is: told by NOTIFY at once; read whole after each connection, since nobody tells
/// what was missed; and read again at intervals, since a connection can be dead without saying so.
/// </summary>
internal sealed partial class RevocationFeed(AuthDatabase database, RevocationList list, Hearing hearing, IOptions<SluiceAuthOptions> options, TimeProvider clock, ILogger<RevocationFeed> log)
    : BackgroundService
{
    public const string Channel = "sluice_revoked";

    // Longer than any transaction that revokes, and than clocks are apart.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // In ticks: when it was last read from, however long ago that is.
    private long readAt;

    private readonly string since = database.Names.Sql(
        "SELECT {token_blacklist.tokenHash}, {token_blacklist.expiresAt} FROM {token_blacklist} WHERE {token_blacklist.expiresAt} > $1 AND {token_blacklist.revokedAt} > $2");

    /// <summary>Reads the list before the first request is served.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(DateTime.UnixEpoch, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), PollAsync(stoppingToken));

    private async Task ListenAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Of its own, not the pool's: it listens as long as it lives.
                await using var connection = new NpgsqlConnection(database.ListenerConnectionString);
                connection.Notification += (_, told) => list.Hear(told.Payload, clock.GetUtcNow());
                await connection.OpenAsync(stop);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stop);
                }

                await ReadAsync(DateTime.UnixEpoch, stop);
                while (true)
                {
                    await connection.WaitAsync(stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                Deaf(log, lost.Message);
                await PauseAsync(Pause, stop);
            }
        }
    }

    private async Task PollAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await PauseAsync(options.Value.Tokens.RevocationPoll, stop);
            try
            {
                list.Prune(clock.GetUtcNow());
                await ReadAsync(new DateTime(Interlocked.Read(ref readAt), DateTimeKind.Utc) - Overlap, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or TimeoutException)
            {
                Deaf(log, lost.Message);
            }
        }
    }

    private async Task ReadAsync(DateTime from, CancellationToken cancellation)
    {
        var now = database.Now;
        await using var command = database.Command(since, now, from);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            list.Add(new Revoked(reader.GetString(0), reader.Utc(1)));
        }

        Interlocked.Exchange(ref readAt, now.Ticks);
        hearing.HeardDatabase(now);
    }

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(10, LogLevel.Warning, "Revocations are not heard of, only what is in memory holds: {Reason}")]
    private static partial void Deaf(ILogger log, string reason);
}
