using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Recovery;

/// <summary>
/// Receives a server's WAL for as long as it runs (`pg_receivewal`), each piece on the disk before the server hears of it. A slot
/// makes the server keep what was not received yet, so that a lost connection loses nothing.
/// </summary>
public static partial class WalReceiver
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private const string Refused = "SL5141";

    // Refused so often in a row by a server that answers, it will not be otherwise the next time.
    private const int MostFailures = 20;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenSeals = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Ends by cancellation, or when it can never go on.</summary>
    /// <exception cref="ProblemException">SL5101, SL5110; SL5141: it cannot begin, another one is at work, or it is refused again and again.</exception>
    public static async Task RunAsync(RunSettings settings, WalRequest request, CancellationToken cancellation)
    {
        var (folder, tools, made) = await BeginAsync(settings, request, cancellation);
        await using var alone = Alone(folder);
        if (request.Key is null)
        {
            await ReceiveAsync(settings, request, folder, tools, made, cancellation);
            return;
        }

        // Either of the two takes the other along: what is not encrypted any more must not go on to be received.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sealing = SealAsync(folder, request.Key, settings.Clock, ending.Token);
        var receiving = ReceiveAsync(settings, request, folder, tools, made, ending.Token);
        var first = await Task.WhenAny(sealing, receiving);
        await ending.CancelAsync();
        await ((Task)Task.WhenAll(sealing, receiving)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    // Until a file is whole it cannot be encrypted: the server's WAL is appended to it, piece by piece, each synced.
    private static async Task SealAsync(ServerFolder folder, BackupKey key, TimeProvider clock, CancellationToken cancellation)
    {
        for (; ; await Task.Delay(BetweenSeals, clock, cancellation))
        {
            await WalFiles.SealAsync(folder.Wal, key, cancellation);
        }
    }

    private static async Task ReceiveAsync(RunSettings settings, WalRequest request, ServerFolder folder, DumpTools tools, bool made, CancellationToken cancellation)
    {
        var process = new DumpProcess(settings.Address, tools);
        var (received, hasGap, failures) = (false, false, 0);
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            var since = 0L;
            var errors = await process.RunAsync(
                tools.Of("pg_receivewal"),
                ["--no-password", "--verbose", "--no-loop", "--synchronous", $"--slot={request.Slot}", $"--directory={folder.Wal}"],
                Heard,
                cancellation,
                Grace);

            // It says that it begins before the server has agreed.
            var settled = since != 0 && Stopwatch.GetElapsedTime(since) > Settled;
            (received, failures, delay) = settled ? (true, 0, FirstDelay) : (received, failures + 1, delay);
            var why = errors is [] ? "pg_receivewal ended." : errors[^1];
            if (errors.Any(e => e.Contains("has already been removed", StringComparison.Ordinal)) && WalFiles.SetAside(folder.Wal) is { } last)
            {
                // It answers, and has other WAL. The slot may be held for a moment after a refusal: refused again, it is tried again.
                (hasGap, failures) = (true, 0);
                request.Progress?.Report(new WalEvent.Gap(last));
                continue;
            }

            if ((!received && !hasGap) || failures >= MostFailures)
            {
                await LeaveAsync(settings, request, made && !received);
                throw Failed($"WAL is not received: {why}");
            }

            request.Progress?.Report(new WalEvent.Lost(why, delay));
            await Task.Delay(delay, settings.Clock, cancellation);
            failures = await ReadyAsync(settings, request, folder, cancellation) ? failures : 0;

            void Heard(string line)
            {
                if (Started().Match(line) is { Success: true } start)
                {
                    since = Stopwatch.GetTimestamp();
                    request.Progress?.Report(new WalEvent.Receiving(start.Groups[1].Value, folder.Wal));
                }
                else if (Finished().Match(line) is { Success: true } end)
                {
                    request.Progress?.Report(new WalEvent.SegmentFinished(end.Groups[1].Value));
                }
            }
        }
    }

    /// <summary>What must be so before each beginning.</summary>
    /// <returns>False when the server does not answer, which is no reason to give up.</returns>
    private static async Task<bool> ReadyAsync(RunSettings settings, WalRequest request, ServerFolder folder, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ServerConnection.OpenAsync(settings.Address with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, cancellation);
            await EnsureSlotAsync(connection, request.Slot, cancellation);
            await DropUnfilledAsync(connection, folder, cancellation);
            return true;
        }
        catch (Exception away) when (away is NpgsqlException or ProblemException { Problem.Code: not Refused })
        {
            return false;
        }
    }

    /// <summary>From here on the server keeps WAL, before anything is received. A slot for which it kept too little is a new one.</summary>
    /// <returns>True when it was made.</returns>
    private static async Task<bool> EnsureSlotAsync(NpgsqlConnection connection, string slot, CancellationToken cancellation)
    {
        try
        {
            await using var drop = new NpgsqlCommand(
                "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots s WHERE slot_name = $1 AND NOT active AND pg_catalog.to_jsonb(s) ->> 'wal_status' = 'lost'", connection);
            drop.Parameters.Add(new NpgsqlParameter { Value = slot });
            await drop.ExecuteNonQueryAsync(cancellation);
            await using var make = new NpgsqlCommand(
                "SELECT pg_catalog.pg_create_physical_replication_slot($1, true)::text WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots WHERE slot_name = $1)", connection);
            make.Parameters.Add(new NpgsqlParameter { Value = slot });
            return await make.ExecuteScalarAsync(cancellation) is not null;
        }
        catch (PostgresException refused)
        {
            throw Failed($"The slot `{slot}` cannot be made: {refused.SqlState} {refused.MessageText}");
        }
    }

    private static async Task DropUnfilledAsync(NpgsqlConnection connection, ServerFolder folder, CancellationToken cancellation)
    {
        await using var size = new NpgsqlCommand("SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))", connection);
        WalFiles.DropUnfilled(folder.Wal, (long)(await size.ExecuteScalarAsync(cancellation))!);
    }

    // A slot that was made for nobody would fill the server's disk.
    private static async Task LeaveAsync(RunSettings settings, WalRequest request, bool made)
    {
        if (made)
        {
            await DropSlotAsync(settings, request.Slot, CancellationToken.None);
        }
    }

    /// <summary>Lets the server forget that somebody receives: until then it keeps all WAL for him.</summary>
    /// <returns>False when there was no such slot.</returns>
    public static Task<bool> DropSlotAsync(RunSettings settings, string slot, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await using var drop = new NpgsqlCommand("SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1", connection);
            drop.Parameters.Add(new NpgsqlParameter { Value = slot });
            await using var dropped = await drop.ExecuteReaderAsync(cancellation);
            return await dropped.ReadAsync(cancellation);
        });

    private static Task<(ServerFolder Folder, DumpTools Tools, bool Made)> BeginAsync(RunSettings settings, WalRequest request, CancellationToken cancellation) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await DirectSession.RequireAsync(connection, settings.Address, cancellation);
            var tools = await DumpTools.RequireAsync(connection.PostgreSqlVersion.Major, cancellation);
            var folder = ServerFolder.Of(request.Folder, await NewDatabase.SystemAsync(connection, cancellation));
            PrivateFiles.CreateBackupFolder(request.Folder);
            folder.Create();
            await DropUnfilledAsync(connection, folder, cancellation);
            return (folder, tools, await EnsureSlotAsync(connection, request.Slot, cancellation));
        });

    private static FileStream Alone(ServerFolder folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder.Path, "wal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw Failed($"Another process receives WAL into {folder.Wal} already.");
        }
    }

    private static ProblemException Failed(string what) => new(new Problem(Refused, what)
    {
        Remedies =
        [
            "The user needs a right: ALTER ROLE <user> REPLICATION; and the server a line in pg_hba.conf: `host replication <user> <address> scram-sha-256`",
            "The server needs `wal_level = replica`, and free places in `max_wal_senders` and `max_replication_slots`.",
        ],
    });

    [GeneratedRegex(@"starting log streaming at (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Started();

    [GeneratedRegex(@"finished segment at (\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Finished();
}

public sealed record WalRequest
{
    public const string DefaultSlot = "sluice";

    public required string Folder { get; init; }

    public string Slot { get; init; } = DefaultSlot;

    /// <summary>What each file is encrypted with once a later one has begun; null to store them as they come.</summary>
    public BackupKey? Key { get; init; }

    public IProgress<WalEvent>? Progress { get; init; }
}

public abstract record WalEvent
{
    private WalEvent()
    {
    }

    public sealed record Receiving(string Lsn, string Folder) : WalEvent;

    public sealed record SegmentFinished(string Lsn) : WalEvent;

    /// <summary>The server has removed what came after this file and was not received: moments in between cannot be gone back to, and later ones need a new base backup.</summary>
    public sealed record Gap(string Last) : WalEvent;

    /// <summary>The connection is gone, and is tried again; the server keeps what is missing.</summary>
    public sealed record Lost(string Reason, TimeSpan Delay) : WalEvent;
}
