using System.Data;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Running;

/// <summary>
/// The lock of a run behind a pooler, where the next transaction is in another session and an advisory lock would stay with
/// the wrong one. A heartbeat renews it; when the holder is killed, it runs out. Its number grows with every holder, and every
/// transaction of the run asks before its COMMIT whether the number is still the latest: one that was stalled commits nothing more.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly RunSettings settings;
    private readonly long token;
    private readonly CancellationTokenSource stop = new();
    private readonly Task beating;
    private NpgsqlConnection connection;

    private Lease(RunSettings settings, NpgsqlConnection connection, long token)
    {
        this.settings = settings;
        this.connection = connection;
        this.token = token;
        beating = BeatAsync();
    }

    /// <summary>Stands before the COMMIT of every transaction of the run.</summary>
    public string Fence => string.Create(CultureInfo.InvariantCulture, $"SELECT sluice.require_lease({token})");

    /// <summary>Polls until the lease is free.</summary>
    /// <exception cref="ProblemException">P1002: others held it all the time, and say by their heartbeat that they live.</exception>
    public static async Task<Lease> TakeAsync(RunSettings settings, CancellationToken cancellation)
    {
        var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        try
        {
            await LeaseTable.EnsureAsync(connection, settings.Address, cancellation);
            var identity = settings.Identity;
            var holder = $"{identity.Actor}@{identity.Host}, process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
            var started = Stopwatch.GetTimestamp();
            TimeSpan? patience = null;
            while (true)
            {
                if (await LeaseTable.TryTakeAsync(connection, holder, identity.CorrelationId, settings.LeaseTime, cancellation) is { } token)
                {
                    return new Lease(settings, connection, token);
                }

                var held = await LeaseTable.HolderAsync(connection, cancellation);
                var text = held?.Text ?? "a run that reaches the server past the pooler";
                if (patience is null)
                {
                    // A killed holder's lease runs out; giving up before that would be giving up for nothing.
                    var left = (held?.Left ?? TimeSpan.Zero) + TimeSpan.FromSeconds(1);
                    patience = left > settings.LockTimeout ? left : settings.LockTimeout;
                    settings.Progress?.Report(new RunEvent.WaitingForLock(text));
                }
                else if (Stopwatch.GetElapsedTime(started) >= patience)
                {
                    throw new ProblemException(Held(settings, text, patience.Value));
                }

                await Task.Delay(Pause, cancellation);
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>For a run past the pooler, which holds the advisory lock: one behind it may hold the lease.</summary>
    /// <exception cref="ProblemException">P1002.</exception>
    public static async Task AwaitOthersAsync(NpgsqlConnection connection, RunSettings settings, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var told = false; await LeaseTable.HolderAsync(connection, cancellation) is var (text, _); told = true)
        {
            if (!told)
            {
                settings.Progress?.Report(new RunEvent.WaitingForLock(text));
            }

            if (Stopwatch.GetElapsedTime(started) >= settings.LockTimeout)
            {
                throw new ProblemException(Held(settings, text, settings.LockTimeout));
            }

            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>What a run is told whose transaction the fence refused.</summary>
    public static Problem LostProblem(PostgresException refused) => new(
        "SL5033", $"This run stood still for longer than its lease lasts, so that its last transaction was refused and nothing of it stayed: {refused.MessageText}.")
    {
        Remedies =
        [
            "Run this command again: it goes on where the history and the journal stop.",
            "Where pauses that long are usual: --lease 2m",
        ],
    };

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await beating;

        // Given back rather than left to run out, so that the next run need not wait.
        await RenewAsync(TimeSpan.Zero, CancellationToken.None);
        await connection.DisposeAsync();
        stop.Dispose();
    }

    // Whether the lease still holds is decided by the fence; a heartbeat that cannot be sent has nothing to say.
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(settings.LeaseTime / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token) && await RenewAsync(settings.LeaseTime, stop.Token))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    /// <returns>False once the lease is not ours any more: then no connection helps.</returns>
    private async Task<bool> RenewAsync(TimeSpan time, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (connection.State is not ConnectionState.Open)
                {
                    // Poolers drop who says little, and restart. The token is what counts, not the connection.
                    await connection.DisposeAsync();
                    connection = await ServerConnection.OpenAsync(settings.Address with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, null, cancellation);
                }

                return await LeaseTable.RenewAsync(connection, token, time, CancellationToken.None);
            }
            catch (Exception gone) when (gone is NpgsqlException or ProblemException)
            {
                if (attempt == 2)
                {
                    // The pooler or the server is away; perhaps it is back at the next tick, before the lease has run out.
                    return true;
                }
            }
        }
    }

    private static Problem Held(RunSettings settings, string holder, TimeSpan waited) => new(
        "P1002",
        string.Create(CultureInfo.InvariantCulture, $"The database server at `{settings.Address.Server}` was reached but another migration run holds its lock (waited {waited.TotalSeconds:0.#} s for the lease).\nHeld by {holder}."))
    {
        Remedies = ["Wait until that run has ended, then run this command again; the lease of a run that was killed runs out by itself."],
    };
}
