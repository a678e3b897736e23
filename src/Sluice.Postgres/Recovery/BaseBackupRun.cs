using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Recovery;

/// <summary>Copies a server's data while it runs (`pg_basebackup`), and has each file compared with the checksum that the server sent (`pg_verifybackup`).</summary>
public static partial class BaseBackupRun
{
    private static readonly string[] Programs = ["pg_basebackup", "pg_verifybackup", "pg_waldump"];

    /// <exception cref="ProblemException">SL5101 no fit tools, SL5110 a pooler is between, SL5140 it failed.</exception>
    public static Task<BaseBackupResult> TakeAsync(RunSettings settings, BaseBackupRequest request, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var started = Stopwatch.GetTimestamp();
            var (folder, tools, system, version, began) = await BeginAsync(settings, request, cancellation);
            using var alone = folder.TryTake() ?? throw Failed($"Another process takes a base backup into {folder.Bases}.");
            foreach (var killed in Directory.GetDirectories(folder.Bases).Where(d => !File.Exists(d + BaseManifest.Suffix)))
            {
                PrivateFiles.Delete(killed);
            }

            var path = FreeName(folder, began);
            try
            {
                await CopyAsync(settings.Address, tools, path, request.Progress, cancellation);

                // Asked anew: a connection that was idle for hours may be gone.
                await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
                var (ended, lsn) = (await NowAsync(connection, cancellation), await LsnAsync(connection, cancellation));
                await VerifyAsync(settings.Address, tools, path, request.Progress, cancellation);
                var manifest = new BaseManifest
                {
                    System = system,
                    Server = settings.Address.Server,
                    ServerVersion = version,
                    BeganAt = began,
                    EndedAt = ended,
                    FirstWal = FirstWal().Match(await File.ReadAllTextAsync(Path.Combine(path, "backup_label"), cancellation)).Groups[1].Value,
                    EndLsn = lsn,
                    Bytes = new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length),
                    DurationMs = 0,
                };
                manifest = request.Key is { } key ? await BaseEnvelopes.SealAsync(path, manifest, key, request.Progress, cancellation) : manifest;
                manifest = manifest with { DurationMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds };
                manifest = request.Key is { } owner ? manifest.SealedWith(owner) : manifest;
                await manifest.WriteAsync(path + BaseManifest.Suffix, cancellation);
                var (removed, segments) = Prune(folder, request.Keep);
                return new BaseBackupResult(path, manifest, removed, segments);
            }
            catch
            {
                if (!File.Exists(path + BaseManifest.Suffix))
                {
                    PrivateFiles.Delete(path);
                }

                throw;
            }
        });

    private static string FreeName(ServerFolder folder, DateTimeOffset began)
    {
        var stem = Path.Combine(folder.Bases, string.Create(CultureInfo.InvariantCulture, $"{began.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}"));
        return Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? stem : string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}")).First(p => !Path.Exists(p));
    }

    /// <summary>All that could stop it is asked before the first byte is copied.</summary>
    private static async Task<(ServerFolder Folder, DumpTools Tools, string System, string Version, DateTimeOffset Began)> BeginAsync(
        RunSettings settings, BaseBackupRequest request, CancellationToken cancellation)
    {
        await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
        await DirectSession.RequireAsync(connection, settings.Address, cancellation);
        await RequireNoTablespacesAsync(connection, cancellation);
        var tools = await DumpTools.RequireAsync(connection.PostgreSqlVersion.Major, cancellation);
        if (Programs.FirstOrDefault(p => !File.Exists(tools.Of(p))) is { } missing)
        {
            throw Failed($"{missing} is not in {tools.Folder}: a base backup needs it. On Debian it is in the package postgresql-{tools.Major.ToString(CultureInfo.InvariantCulture)}.");
        }

        var system = await NewDatabase.SystemAsync(connection, cancellation);
        var folder = ServerFolder.Of(request.Folder, system);
        PrivateFiles.CreateBackupFolder(request.Folder);
        folder.Create();
        return (folder, tools, system, connection.PostgreSqlVersion.ToString(), await NowAsync(connection, cancellation));
    }

    internal static async Task CopyAsync(DatabaseAddress address, DumpTools tools, string into, IProgress<RecoveryProgress>? progress, CancellationToken cancellation, params string[] more)
    {
        progress?.Report(new RecoveryProgress(RecoveryPhase.Copying, 0, 0));
        var errors = await new DumpProcess(address, tools).RunAsync(
            tools.Of("pg_basebackup"),
            ["--no-password", "--progress", "--verbose", "--format=plain", "--wal-method=stream", "--checkpoint=fast", $"--pgdata={into}", .. more],
            line =>
            {
                if (Progress().Match(line) is { Success: true } at)
                {
                    progress?.Report(new RecoveryProgress(RecoveryPhase.Copying, Kilobytes(at.Groups[1]), Kilobytes(at.Groups[2])));
                }
            },
            cancellation);
        Require(errors, "The base backup failed; nothing of it was kept.");
    }

    private static async Task VerifyAsync(DatabaseAddress address, DumpTools tools, string path, IProgress<RecoveryProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new RecoveryProgress(RecoveryPhase.Verifying, 0, 0));
        Require(await new DumpProcess(address, tools).RunAsync(tools.Of("pg_verifybackup"), [path], _ => { }, cancellation), "The base backup is not what the server sent:");
    }

    private static void Require(ImmutableArray<string> errors, string what)
    {
        if (!errors.IsEmpty)
        {
            throw Failed($"{what}\n{string.Join('\n', errors.Take(5))}");
        }
    }

    private static ProblemException Failed(string what) => new(new Problem("SL5140", what)
    {
        Remedies =
        [
            "The user needs a right: ALTER ROLE <user> REPLICATION; and the server a line in pg_hba.conf: `host replication <user> <address> scram-sha-256`",
            "The server needs `wal_level = replica` and a free place in `max_wal_senders`.",
        ],
    });

    // The copies would lie at the paths of the live ones.
    private static async Task RequireNoTablespacesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT spcname::text FROM pg_catalog.pg_tablespace WHERE pg_catalog.pg_tablespace_location(oid) <> '' ORDER BY 1 LIMIT 1", connection);
        if (await command.ExecuteScalarAsync(cancellation) is string name)
        {
            throw Failed($"The server has a tablespace of its own place, `{name}`, which a copy of files here cannot move. Nothing was copied. pgBackRest can.");
        }
    }

    /// <summary>Older base backups go, and with them the WAL that only they needed.</summary>
    private static (ImmutableArray<string> Removed, int Segments) Prune(ServerFolder folder, int? keep)
    {
        using var own = keep is null ? null : folder.TryOwnBases();
        if (keep is null || own is null)
        {
            return ([], 0);
        }

        var all = folder.List();
        foreach (var old in all.Skip(keep.Value))
        {
            File.Delete(old.Folder + BaseManifest.Suffix);
            PrivateFiles.Delete(old.Folder);
        }

        return ([.. all.Skip(keep.Value).Select(b => b.Folder)], WalFiles.Prune(folder.Wal, all.Take(keep.Value).Last().Manifest.FirstWal));
    }

    private static async Task<DateTimeOffset> NowAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT pg_catalog.clock_timestamp()", connection);
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!, TimeSpan.Zero);
    }

    private static async Task<string> LsnAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT (CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END)::text", connection);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static int Kilobytes(Group number) => (int)Math.Min(int.MaxValue, long.Parse(number.ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\s*(\d+)/(\d+) kB", RegexOptions.CultureInvariant)]
    private static partial Regex Progress();

    [GeneratedRegex(@"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstWal();
}

public sealed record BaseBackupRequest
{
    public required string Folder { get; init; }

    /// <summary>How many of the newest stay, with the WAL since the oldest of them; null for all.</summary>
    public int? Keep { get; init; }

    /// <summary>What its files are encrypted with once they were verified; null to store them as they are.</summary>
    public BackupKey? Key { get; init; }

    public IProgress<RecoveryProgress>? Progress { get; init; }
}

/// <param name="Removed">Older ones that went.</param>
/// <param name="RemovedWal">How many WAL files went with them.</param>
public sealed record BaseBackupResult(string Folder, BaseManifest Manifest, ImmutableArray<string> Removed, int RemovedWal);

/// <summary>How far a copy or a recovery is; of a copy in kilobytes.</summary>
/// <param name="Total">Zero where the end cannot be told.</param>
public sealed record RecoveryProgress(RecoveryPhase Phase, int Done, int Total)
{
    /// <summary>The position in the WAL that was reached.</summary>
    public string? Lsn { get; init; }
}

public enum RecoveryPhase
{
    Copying,
    Verifying,
    Encrypting,
    Replaying,
}
