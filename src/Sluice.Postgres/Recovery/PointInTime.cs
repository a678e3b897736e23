using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Local;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Recovery;

/// <summary>A server as it was at a moment: a base backup, and the WAL since then replayed up to there, in a new folder beside everything.</summary>
public static partial class PointInTime
{
    private const string EndedBefore = "recovery ended before configured recovery target was reached";

    private const int SealPatience = 5;

    // The point was named while the base backup was taken.
    private const string BeforeConsistent = "recovery stop point is before consistent recovery point";

    /// <summary>Which base backup is taken, and how much WAL there is.</summary>
    /// <exception cref="ProblemException">SL5142: there is no base backup, or none that is old enough.</exception>
    public static async Task<RecoveryPlan> PlanAsync(RunSettings settings, RecoveryRequest request, CancellationToken cancellation = default)
    {
        var folder = ServerFolder.Find(request.Folder, request.FromServer ?? await SystemAsync(settings, cancellation), request.FromServer is not null);
        var bases = folder.List();
        var chosen = request.Target switch
        {
            RecoveryTarget.Time(var at) => bases.FirstOrDefault(b => b.Manifest.EndedAt <= at),
            RecoveryTarget.Lsn(var at) => bases.FirstOrDefault(b => Position(b.Manifest.EndLsn) <= Position(at)),
            _ => bases.FirstOrDefault(),
        };
        if (chosen is null)
        {
            throw BaseManifest.Missing(
                bases is [.., var oldest]
                    ? $"The oldest base backup ended at {new RecoveryTarget.Time(oldest.Manifest.EndedAt)}; a moment before that cannot be gone back to."
                    : $"There is no base backup in {folder.Bases}.",
                "A dump of an earlier day may have it: `ls -t backups/*.dump`");
        }

        chosen.Manifest.RequireOpens(chosen.Folder, request.Key, request.AllowsUnencrypted);
        var received = request.RestoreCommand is null ? WalFiles.LastReceived(folder.Wal, chosen.Manifest.FirstWal) : null;
        if (received is null && request is { RestoreCommand: null, AllowsNoWal: false })
        {
            throw BaseManifest.Missing(
                $"No WAL was received since the base backup {Path.GetFileName(chosen.Folder)}: all that was committed after {new RecoveryTarget.Time(chosen.Manifest.EndedAt)} would be missing.",
                $"If its WAL is elsewhere, bring it to {folder.Wal}, or say how it is fetched: `--restore-command COMMAND`",
                "The base backup's own state, without what came after it: `--without-wal`");
        }

        await RequireSealedAsync(settings, folder, chosen, request, cancellation);
        return new RecoveryPlan(folder, chosen, received) { Older = request.Target is RecoveryTarget.Name ? bases[1..] : [] };
    }

    // Whoever can write to the backups could have it say what he likes; the last file, which is still being written, he can. The receiver
    // encrypts a file a moment after the next one has begun.
    private static async Task RequireSealedAsync(RunSettings settings, ServerFolder folder, BaseBackup from, RecoveryRequest request, CancellationToken cancellation)
    {
        if (request is not { Key: not null, AllowsUnencrypted: false, RestoreCommand: null })
        {
            return;
        }

        for (var waited = 0; WalFiles.Unsealed(folder.Wal, from.Manifest.FirstWal) is [var plain, ..]; waited++)
        {
            if (waited == SealPatience)
            {
                throw BackupKey.Refused(
                    $"The WAL file {plain} is not encrypted, and there is a key: nothing says that it is one of yours.",
                    "If it is, `sluice backup wal` with the key encrypts what is there; or take it as it is: `--unencrypted`");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), settings.Clock, cancellation);
        }
    }

    /// <exception cref="ProblemException">SL5142 WAL is missing, or the target is not in it; SL5143 the server did not start.</exception>
    /// <exception cref="LocalClusterException">There is no PostgreSQL server of the same version here.</exception>
    public static async Task<RecoveredServer> RunAsync(RunSettings settings, RecoveryRequest request, RecoveryPlan plan, CancellationToken cancellation = default)
    {
        Problem? gap = null;
        for (var older = plan.Older; ; older = older[1..])
        {
            var (server, never) = await TryAsync(settings, request, plan, cancellation);
            if (server is not null)
            {
                return server;
            }

            // After a gap there may be what the base backups before it do not reach.
            var (isGap, why) = never!.Value;
            gap = isGap ? gap ?? why : gap;
            if (older is not [var before, ..])
            {
                throw new ProblemException(gap ?? why);
            }

            before.Manifest.RequireOpens(before.Folder, request.Key, request.AllowsUnencrypted);
            await RequireSealedAsync(settings, plan.Folder, before, request, cancellation);
            plan = plan with { Base = before };
        }
    }

    /// <returns>The server, or why this base backup does not lead there.</returns>
    private static async Task<(RecoveredServer? Server, (bool IsGap, Problem Why)? Never)> TryAsync(
        RunSettings settings, RecoveryRequest request, RecoveryPlan plan, CancellationToken cancellation)
    {
        var binaries = await PostgresBinaries.RequireMajorAsync(DumpTools.MajorOf(plan.Base.Manifest.ServerVersion), request.StateFolder, cancellation);
        if (Path.Exists(request.Home))
        {
            throw Failed($"There is something at {request.Home} already; a recovery makes a folder of its own.", "Name another: `--server-dir DIR`");
        }

        var copy = new ServerCopy(request.Home, binaries, request.IsDurable);
        FileStream? claim = null;
        try
        {
            Leftovers.Sweep(Path.GetDirectoryName(copy.Home), "*");
            PrivateFiles.CreateFolder(copy.Home);
            claim = Leftovers.Claim(copy.Home);
            string? missing;
            using (plan.Folder.HoldBases())
            {
                await CopyDataAsync(plan.Base, copy.DataFolder, request, cancellation);
                missing = request.RestoreCommand is null ? await WalFiles.CopyAsync(plan.Folder.Wal, plan.Base.Manifest.FirstWal, Path.Combine(copy.DataFolder, "pg_wal"), request.Key, cancellation) : null;
            }

            if (missing is not null && request.Target is RecoveryTarget.Latest)
            {
                throw new ProblemException(Gap(plan, missing));
            }

            var (reached, never) = await ReplayAsync(copy, request, plan, missing, cancellation);
            if (reached is not null)
            {
                return (await AskAsync(copy, claim, settings.Address, request, plan.Base, reached.Value, cancellation), null);
            }

            await copy.RemoveAsync();
            await claim.DisposeAsync();
            return (null, (missing is not null, never!));
        }
        catch
        {
            await copy.RemoveAsync();
            claim?.Dispose();
            throw;
        }
    }

    // Only the server's own files: those of a folder are few and large, and are copied by reference where the file system can.
    private static async Task CopyDataAsync(BaseBackup from, string into, RecoveryRequest request, CancellationToken cancellation)
    {
        PrivateFiles.CreateFolder(into);
        foreach (var folder in Directory.EnumerateDirectories(from.Folder, "*", SearchOption.AllDirectories))
        {
            PrivateFiles.CreateFolder(Path.Combine(into, Path.GetRelativePath(from.Folder, folder)));
        }

        if (from.Manifest.Encryption is not null)
        {
            await BaseEnvelopes.OpenAsync(from, into, request.Key!, request.Progress, cancellation);
            return;
        }

        var done = 0L;
        foreach (var file in new DirectoryInfo(from.Folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            file.CopyTo(Path.Combine(into, Path.GetRelativePath(from.Folder, file.FullName)));
            done += file.Length;
            request.Progress?.Report(new RecoveryProgress(RecoveryPhase.Copying, (int)(done >> 10), (int)(from.Manifest.Bytes >> 10)));
        }
    }

    private static Problem Gap(RecoveryPlan plan, string missing) => BaseManifest.Missing(
        $"The WAL file {missing} is missing in {plan.Folder.Wal}: what came after it cannot be replayed from the base backup {Path.GetFileName(plan.Base.Folder)}.",
        "Bring it there, or from the server's own archive: `--restore-command COMMAND`",
        "Or go back to a moment before it, or after the next base backup.").Problem;

    private static ulong Position(string lsn) =>
        lsn.Split('/') is [var high, var low]
        && uint.TryParse(high, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var upper) && uint.TryParse(low, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var lower)
            ? ((ulong)upper << 32) + lower
            : throw BaseManifest.Missing($"`{lsn}` is no position in the WAL.", "Write it as the server does: 0/3000060");

    /// <returns>Whether the target was reached, or all of the WAL was replayed before it; or why it cannot be reached from here.</returns>
    private static async Task<(bool? IsWhole, Problem? Never)> ReplayAsync(ServerCopy copy, RecoveryRequest request, RecoveryPlan plan, string? missing, CancellationToken cancellation)
    {
        // The copy's own signal files would make it follow somebody.
        File.Delete(Path.Combine(copy.DataFolder, "standby.signal"));
        await File.WriteAllTextAsync(Path.Combine(copy.DataFolder, "recovery.signal"), "", cancellation);
        string[] settings =
        [
            $"restore_command = {ServerCopy.Literal(request.RestoreCommand ?? "false")}",
            "recovery_target_action = 'promote'",
            "hot_standby = off",
        ];
        request.Progress?.Report(new RecoveryProgress(RecoveryPhase.Replaying, 0, 0));
        try
        {
            await copy.StartAsync([.. settings, .. request.Target.Settings()], Heard, cancellation);
            return (true, null);
        }
        catch (LocalClusterException ended) when (missing is not null && ended.Message.Contains(EndedBefore, StringComparison.Ordinal))
        {
            return (null, Gap(plan, missing));
        }
        catch (LocalClusterException ended) when (request.Target is RecoveryTarget.Time && ended.Message.Contains(EndedBefore, StringComparison.Ordinal))
        {
            // Nothing was committed after that moment, or nothing of it was received. Both end at the last transaction there is.
            await copy.StartAsync(settings, Heard, cancellation);
            return (false, null);
        }
        catch (LocalClusterException ended) when (ended.Message.Contains(EndedBefore, StringComparison.Ordinal) || ended.Message.Contains(BeforeConsistent, StringComparison.Ordinal))
        {
            return (null, BaseManifest.Missing($"{request.Target} is not in the WAL since the base backup {Path.GetFileName(plan.Base.Folder)}.", "Without --to-lsn and --to-name, `--to-time latest` replays all there is.").Problem);
        }
        catch (LocalClusterException failed)
        {
            throw Failed(failed.Message, "The base backup and the WAL are as they were. What the server says above is the reason.");
        }

        void Heard(string line)
        {
            if (Replayed().Match(line) is { Success: true } at)
            {
                request.Progress?.Report(new RecoveryProgress(RecoveryPhase.Replaying, 0, 0) { Lsn = at.Groups[1].Value });
            }
        }
    }

    private static async Task<RecoveredServer> AskAsync(ServerCopy copy, FileStream claim, DatabaseAddress live, RecoveryRequest request, BaseBackup from, bool isWhole, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(copy, live.User ?? LocalCluster.UserName, cancellation);
        await using var ask = new NpgsqlCommand(
            "SELECT (SELECT rolname::text FROM pg_catalog.pg_roles WHERE oid = 10::oid), pg_catalog.pg_last_xact_replay_timestamp(), pg_catalog.pg_last_wal_replay_lsn()::text",
            connection);
        await using var reader = await ask.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new RecoveredServer(copy, claim)
        {
            Address = copy.Address(live.Database, reader.GetString(0)) with { Schema = live.Schema, SchemaIsExplicit = live.SchemaIsExplicit, ApplicationName = live.ApplicationName },
            ReachedAt = reader.IsDBNull(1) ? null : new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero),
            ReachedLsn = reader.IsDBNull(2) ? "" : reader.GetString(2),
            IsWhole = isWhole,
            Target = request.Target,
            Base = from,
        };
    }

    // The user of today may not have been there yet.
    private static async Task<NpgsqlConnection> OpenAsync(ServerCopy copy, string user, CancellationToken cancellation)
    {
        try
        {
            return await ServerConnection.OpenMaintenanceAsync(copy.Address(user, user), cancellation);
        }
        catch (ProblemException unknown) when (user != LocalCluster.UserName && unknown.Problem.Code is "P1000" or "P1010")
        {
            return await ServerConnection.OpenMaintenanceAsync(copy.Address(user, LocalCluster.UserName), cancellation);
        }
    }

    /// <summary>Null where the server does not answer.</summary>
    internal static async Task<string?> SystemAsync(RunSettings settings, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await ServerConnection.OpenAsync(settings.Address with { Retry = new RetryPolicy(0, TimeSpan.Zero) }, cancellation);
            return await NewDatabase.SystemAsync(connection, cancellation);
        }
        catch (ProblemException gone) when (gone.Problem.Code is "P1001" or "P1003" or ConnectionProblems.ShutCode)
        {
            return gone.Problem.Code == "P1001" ? null : await SystemAsync(settings with { Address = settings.Address with { Database = "postgres" } }, cancellation);
        }
    }

    private static ProblemException Failed(string what, params string[] remedies) => new(new Problem("SL5143", what) { Remedies = [.. remedies] });

    [GeneratedRegex(@"current LSN: ([0-9A-F]+/[0-9A-F]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Replayed();
}
