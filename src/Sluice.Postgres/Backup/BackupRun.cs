using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backup;

/// <summary>
/// Takes a backup. The dump and the hashes of the live rows come from one exported snapshot, so that writers may go on;
/// the archive gets its name and its manifest only after it was restored into a scratch database and found equal.
/// </summary>
public static class BackupRun
{
    // Of an earlier run that was killed; a living one would have to be this old to be taken for it.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(24);

    /// <exception cref="ProblemException">SL5101 no fit pg_dump, SL5102 it failed, SL5103 the restored archive is not equal, SL5106 no such table, SL5110 a pooler is between, SL5112 it was not uploaded.</exception>
    public static Task<BackupResult> TakeAsync(RunSettings settings, BackupRequest request, CancellationToken cancellation = default) =>
        BackupRecord.KeepAsync(settings, Operation.RunAsync(settings, async () =>
        {
            await using var connection = await RunSession.ConnectAsync(settings, settings.Address, cancellation);
            await DirectSession.RequireAsync(connection, settings.Address, cancellation);
            var tools = await DumpTools.RequireAsync(connection.PostgreSqlVersion.Major, cancellation);
            return await TakeAsync(settings, request, connection, tools, cancellation);
        }));

    internal static async Task<BackupResult> TakeAsync(
        RunSettings settings,
        BackupRequest request,
        NpgsqlConnection connection,
        DumpTools tools,
        CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var now = settings.Clock.GetUtcNow();
        PrivateFiles.CreateBackupFolder(request.Folder);

        DropAbandoned(request.Folder, now);

        await using var transaction = await DatabaseContents.BeginAsync(connection, cancellation);
        var snapshot = new Snapshot(
            await ScalarAsync(connection, "SELECT pg_catalog.pg_export_snapshot()", cancellation),
            await NewDatabase.TraitsAsync(connection, cancellation),
            await SchemaVersion.ReadAsync(connection, settings.Address.Schema, cancellation),
            await RolesAsync(connection, cancellation),
            await NewDatabase.SystemAsync(connection, cancellation),
            await TableNames.ReadAsync(connection, cancellation),
            await TableNames.InScopeAsync(connection, request.Scope, settings.Address.Schema, cancellation));

        var archive = FreeName(request.Folder, settings.Address.Database, now, snapshot.SchemaVersion);
        var partial = archive + ".partial";
        try
        {
            // Both read the same moment; the server does them side by side.
            using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var dumped = false;
            var reading = DatabaseContents.ReadAsync(connection, snapshot.Scope, Hashed, failed.Token);
            try
            {
                await DumpAsync(settings.Address, request, tools, snapshot, partial, cancellation);
            }
            catch
            {
                // A look that failed takes the snapshot with it, and is the failure to tell.
                if (reading.IsFaulted)
                {
                    await reading;
                }

                // The connection must be at rest before it can be closed.
                await failed.CancelAsync();
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            dumped = true;
            request.Progress?.Report(new BackupProgress(BackupPhase.Hashing, 0, 0));
            var contents = await reading;
            await transaction.RollbackAsync(cancellation);
            PrivateFiles.Close(partial);

            var proving = Stopwatch.GetTimestamp();
            await Proof.RequireAsync(settings, request, tools, snapshot.Traits, contents, snapshot.Scope is null, partial, cancellation);
            if (request.Key is { } key)
            {
                request.Progress?.Report(new BackupProgress(BackupPhase.Encrypting, 0, 0));
                await EncryptedArchive.SealAsync(partial, key, cancellation);
            }

            var seal = await ArchiveSeal.OfAsync(partial, cancellation);
            var manifest = new BackupManifest
            {
                Database = settings.Address.Database,
                Server = settings.Address.Server,
                TakenAt = now,
                DurationMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                ProofMs = (long)Stopwatch.GetElapsedTime(proving).TotalMilliseconds,
                ServerVersion = connection.PostgreSqlVersion.ToString(),
                ToolVersion = tools.Version,
                SchemaVersion = snapshot.SchemaVersion,
                Format = request.Format,
                Whole = snapshot.Scope is null,
                Traits = snapshot.Traits,
                CatalogHash = contents.Objects.Hash,
                Tables = contents.Tables,
                Sha256 = seal.Sha256,
                Bytes = seal.Bytes,
                Parts = seal.Parts,
                Roles = snapshot.Roles,
                System = snapshot.System,
            };
            manifest = request.Key is { } owner ? manifest.SealedWith(owner) : manifest;
            Move(partial, archive);
            await manifest.WriteAsync(archive, cancellation);
            if (!request.Upload.IsEmpty)
            {
                request.Progress?.Report(new BackupProgress(BackupPhase.Uploading, 0, 0));
                await Upload.RunAsync(request.Upload, archive, cancellation);
            }

            return new BackupResult(archive, manifest, Retention.Apply(request.Folder, settings.Address.Database, request.Retention, now, taken: archive)) { IsUploaded = !request.Upload.IsEmpty };

            // Until the dump is through, its own progress is the one to tell.
            void Hashed(int done, int total)
            {
                if (dumped)
                {
                    request.Progress?.Report(new BackupProgress(BackupPhase.Hashing, done, total));
                }
            }
        }
        catch
        {
            PrivateFiles.Delete(partial);
            PrivateFiles.Delete(partial + EncryptedArchive.Plain);
            throw;
        }
    }

    private static async Task DumpAsync(
        DatabaseAddress address,
        BackupRequest request,
        DumpTools tools,
        Snapshot snapshot,
        string archive,
        CancellationToken cancellation)
    {
        List<string> arguments =
        [
            "--no-password",
            "--verbose",
            $"--format={(request.Format is ArchiveFormat.Custom ? "custom" : "directory")}",
            $"--snapshot={snapshot.Id}",
            "--lock-wait-timeout=30s",
            $"--file={archive}",
        ];
        if (request.Format is ArchiveFormat.Directory && request.Jobs > 1)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--jobs={request.Jobs}"));
        }

        if (snapshot.Scope is { } scope)
        {
            var kept = scope.ToHashSet();
            arguments.AddRange(snapshot.All.Where(t => !kept.Contains(t)).Select(t => $"--exclude-table-data={ServerConnection.Quote(t.Schema)}.{ServerConnection.Quote(t.Name)}"));
        }

        var total = snapshot.Scope?.Length ?? snapshot.All.Length;
        var done = 0;
        request.Progress?.Report(new BackupProgress(BackupPhase.Dumping, 0, total));

        // Made before pg_dump opens it: it would be readable as the umask says for as long as the dump lasts.
        if (request.Format is ArchiveFormat.Directory)
        {
            PrivateFiles.CreateFolder(archive);
        }
        else
        {
            await PrivateFiles.Create(archive).DisposeAsync();
        }

        var errors = await new DumpProcess(address, tools).RunAsync(
            tools.PgDump,
            arguments,
            line =>
            {
                if (DumpProcess.TableOf(line, "dumping contents of table ") is { } table)
                {
                    // It begins; those before it are through.
                    request.Progress?.Report(new BackupProgress(BackupPhase.Dumping, Math.Min(done++, total), total) { Table = table });
                }
            },
            cancellation);
        if (!errors.IsEmpty)
        {
            throw new ProblemException(new Problem("SL5102", $"The backup failed; nothing was changed.\n{string.Join('\n', errors.Take(5))}")
            {
                Remedies =
                [
                    "The user must be able to read every table; a lock on one of them is waited for 30 s.",
                    "A run can go on without a backup: `--no-backup`",
                ],
            });
        }
    }

    private static string FreeName(string folder, string database, DateTimeOffset now, string? version)
    {
        var stem = string.Create(CultureInfo.InvariantCulture, $"{Safe(database)}_{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}_{Safe(version ?? "none")}");
        for (var n = 1; ; n++)
        {
            var path = Path.Combine(Path.GetFullPath(folder), n == 1 ? $"{stem}.dump" : string.Create(CultureInfo.InvariantCulture, $"{stem}-{n}.dump"));
            if (!Path.Exists(path) && !Path.Exists(path + ".partial"))
            {
                return path;
            }
        }
    }

    private static string Safe(string name) => string.Concat(name.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));

    private static void Move(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to);
        }
        else
        {
            Directory.Move(from, to);
        }
    }

    private static void DropAbandoned(string folder, DateTimeOffset now)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*.dump.partial*").Where(p => now.UtcDateTime - File.GetLastWriteTimeUtc(p) > Abandoned).ToList())
        {
            PrivateFiles.Delete(path);
        }
    }

    private static async Task<string> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<ImmutableArray<string>> RolesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname::text !~ '^pg_' ORDER BY rolname::text COLLATE \"C\"", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var roles = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellation))
        {
            roles.Add(reader.GetString(0));
        }

        return roles.ToImmutable();
    }

    /// <param name="Scope">The tables whose rows are saved; null for all.</param>
    private sealed record Snapshot(string Id, DatabaseTraits Traits, string? SchemaVersion, ImmutableArray<string> Roles, string System, ImmutableArray<ObjectName> All, ImmutableArray<ObjectName>? Scope);
}
