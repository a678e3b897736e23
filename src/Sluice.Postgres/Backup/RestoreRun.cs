using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Backup;

/// <summary>
/// Restores into a new database, compares it with the manifest, and only then lets it take the place of the old one, which
/// is renamed and kept. Until that swap nothing of the old one is touched.
/// </summary>
public static class RestoreRun
{
    private const int LongestName = 63;

    /// <summary>Refuses a damaged archive, and says what would be done.</summary>
    /// <exception cref="ProblemException">SL5104 damaged or without manifest, SL5111 no key that opens it, SL5107 the rows of some tables alone cannot replace a database, SL5108 the target exists, SL5110 a pooler is between.</exception>
    public static Task<RestorePlan> PlanAsync(RunSettings settings, RestoreRequest request, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var manifest = await BackupManifest.ReadAsync(request.Archive, cancellation);
            await ArchiveSeal.RequireAsync(request.Archive, manifest, cancellation);
            manifest.RequireOpens(request.Archive, request.Key, request.AllowsUnencrypted);
            await using var server = await ServerConnection.OpenMaintenanceAsync(settings.Address, cancellation);
            await DirectSession.RequireAsync(server, settings.Address, cancellation);
            var target = request.Into ?? settings.Address.Database;
            var exists = await ExistsAsync(server, target, cancellation);
            if (request.Into is not null && exists)
            {
                throw new ProblemException(new Problem("SL5108", $"There is a database `{target}` already; a restore makes a new one.")
                {
                    Remedies = ["Name another: `--into NAME`", "Or leave --into out: the connection's database is replaced and kept under another name."],
                });
            }

            if (!manifest.Whole && exists)
            {
                throw new ProblemException(new Problem(
                    "SL5107",
                    $"The backup holds the rows of some tables only ({string.Join(", ", manifest.Tables.Take(5).Select(t => t.Name))}); put in place of `{target}` it would lose all others.")
                {
                    Remedies = ["Restore it beside the database, and copy from there what is needed: `sluice restore FILE --into NAME`"],
                });
            }

            return new RestorePlan(manifest, target, exists ? Dated(target, settings.Clock.GetUtcNow()) : null)
            {
                Left = request.Into is null ? await HalfSwap.FindAsync(server, target, cancellation) : null,
            };
        });

    /// <exception cref="ProblemException">SL5105: it could not be restored, or the old database could not be put aside.</exception>
    public static Task<RestoreResult> RunAsync(RunSettings settings, RestoreRequest request, RestorePlan plan, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            if (plan.Left is not null)
            {
                await HalfSwap.UndoAsync(settings, cancellation);
            }

            await using var server = await NewDatabase.OpenServerAsync(settings.Address, cancellation);
            var tools = await DumpTools.RequireAsync(Math.Max(server.PostgreSqlVersion.Major, DumpTools.MajorOf(plan.Manifest.ToolVersion)), cancellation);
            var name = LeftoverShadows.NewName(settings.Clock.GetUtcNow());
            using var opened = await OpenedArchive.OpenAsync(request.Archive, plan.Manifest, request.Key, cancellation);
            ImmutableArray<string> warnings;
            try
            {
                await NewDatabase.CreateAsync(server, name, plan.Manifest.Traits, cancellation);
                warnings = await FillAsync(settings, request, opened.Path, plan, server, tools, name, cancellation);
                await new DatabaseSwap(server, settings).RunAsync(name, plan.Target, plan.KeptAs, cancellation);
            }
            catch
            {
                await NewDatabase.DropAsync(server, name);
                throw;
            }

            try
            {
                await RecordAsync(settings with { Address = settings.Address with { Database = plan.Target } }, request, plan);
            }
            catch (Exception failure) when (failure is NpgsqlException or ProblemException)
            {
                // The database is the restored one by now, and everybody is back in it: that is what must be told.
                settings.Progress?.Report(new RunEvent.NotJournalled(Redaction.Clean(failure.Message, settings.Address)));
            }

            return new RestoreResult(plan.Manifest, plan.Target, plan.KeptAs, warnings);
        });

    // In the journal that came with the backup: it is this database's from now on.
    private static async Task RecordAsync(RunSettings settings, RestoreRequest request, RestorePlan plan)
    {
        await using var connection = await ServerConnection.OpenAsync(settings.Address, CancellationToken.None);
        await RecordedRun.RunAsync(
            connection,
            settings,
            async run =>
            {
                await run.NoteAsync($"restored {Path.GetFileName(request.Archive)} (sha256 {plan.Manifest.Sha256}){(plan.KeptAs is { } kept ? $"; the database before it is {kept}" : "")}");
                return true;
            },
            CancellationToken.None,
            request.Archive);
    }

    private static async Task<ImmutableArray<string>> FillAsync(
        RunSettings settings,
        RestoreRequest request,
        string archive,
        RestorePlan plan,
        NpgsqlConnection server,
        DumpTools tools,
        string name,
        CancellationToken cancellation)
    {
        var manifest = plan.Manifest;
        var address = settings.Address with { Database = name };
        await using var connection = await ServerConnection.OpenAsync(address, cancellation);
        var superuser = await IsSuperuserAsync(server, cancellation);
        var errors = await Archive.RestoreAsync(
            archive, address, tools, new ArchiveOptions(manifest.Whole, superuser, request.Jobs, manifest.Tables.Length), request.Progress, cancellation);
        if (!errors.IsEmpty)
        {
            throw Failed("it cannot be restored here:", errors);
        }

        await using var transaction = await DatabaseContents.BeginAsync(connection, cancellation);
        var wanted = manifest.Tables.Select(t => new ObjectName(t.Schema, t.Name)).ToHashSet();
        ImmutableArray<ObjectName> there = [.. (await TableNames.ReadAsync(connection, cancellation)).Where(wanted.Contains)];
        var found = await DatabaseContents.ReadAsync(
            connection, there, (done, total) => request.Progress?.Report(new BackupProgress(BackupPhase.Comparing, done, total)), cancellation);
        var key = manifest.Encryption is null ? null : request.Key;
        ImmutableArray<string> rows = [.. DatabaseContents.RowDifferences(manifest.Tables, key is null ? found.Tables : [.. BackupManifest.Blinded(found.Tables, key)])];
        if (!rows.IsEmpty)
        {
            throw Failed("restored, its rows are not those that were saved:", rows);
        }

        var warnings = ImmutableArray.CreateBuilder<string>();
        if (manifest.Whole && (key?.Blind(found.Objects.Hash) ?? found.Objects.Hash) != manifest.CatalogHash)
        {
            if (DumpTools.MajorOf(manifest.ServerVersion) == server.PostgreSqlVersion.Major)
            {
                throw Failed("restored, its definitions are not those that were saved.", []);
            }

            warnings.Add($"The definitions could not be compared: the backup is from PostgreSQL {manifest.ServerVersion}, and {server.PostgreSqlVersion} spells them otherwise.");
        }

        if (!superuser)
        {
            warnings.Add("Everything belongs to the connection's user, without the grants of the backup: only a superuser can give objects to others.");
        }

        if (!manifest.Whole)
        {
            warnings.Add("The backup holds the rows of some tables only; foreign keys were left out.");
        }

        return warnings.ToImmutable();
    }

    private static ProblemException Failed(string what, ImmutableArray<string> lines) => new(new Problem(
        "SL5105", $"The backup was not restored: {what}{string.Concat(lines.Take(5).Select(l => $"\n  {l}"))}")
    {
        Remedies = ["The database is as it was; the new one is gone again.", "Roles that the backup names must exist on the server: CREATE ROLE <name>;"],
    });

    private static async Task<bool> ExistsAsync(NpgsqlConnection server, string name, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", server);
        command.Parameters.Add(new NpgsqlParameter { Value = name });
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }

    private static async Task<bool> IsSuperuserAsync(NpgsqlConnection server, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user", server);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static string Dated(string name, DateTimeOffset now)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"_before_{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");

        // The server would cut a longer name by itself, and with it the date.
        var kept = name;
        while (Encoding.UTF8.GetByteCount(kept) + suffix.Length > LongestName)
        {
            kept = kept[..^1];
        }

        return kept + suffix;
    }
}
