using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>The backup that goes before a run. A failed one stops the command: its exception is not caught.</summary>
internal static class SafetyBackup
{
    private static readonly Option<bool> Asked = new("--backup") { Description = "Take a proved backup first, when something is pending; a failed one stops the run" };

    /// <summary>What a command takes that calls <see cref="WhenAskedAsync"/>.</summary>
    public static Option[] Options { get; } = [Asked, BackupOptions.Keep, BackupOptions.MaxAge, BackupOptions.Folder];

    /// <summary>What a command takes that backs up unless told not to.</summary>
    public static Option[] Retention { get; } = [BackupOptions.Keep, BackupOptions.MaxAge, BackupOptions.Folder];

    /// <summary>The same settings, with a backup under the run's lock before anything is changed, unless `--no-backup` says otherwise.</summary>
    /// <param name="taken">Told of it.</param>
    public static RunSettings UnlessRefused(Session session, RunSettings settings, Action<BackupResult> taken)
    {
        if (session.Get(OperatingOptions.NoBackup))
        {
            session.Terminal.Note("No backup is taken, as asked.");
            return settings;
        }

        return settings with
        {
            TakeBackup = async _ =>
            {
                if (await TakeAsync(session, settings) is not { } backup)
                {
                    return null;
                }

                taken(backup);
                return backup.Path;
            },
        };
    }

    /// <summary>With `--backup`, and something pending: a backup. Else null.</summary>
    public static async Task<BackupResult?> WhenAskedAsync(Session session, RunSettings settings) =>
        session.Get(Asked) && await IsPendingAsync(settings, session.Stop) ? await TakeAsync(session, settings) : null;

    /// <summary>Takes a proved backup of the whole database; null where there is no database yet.</summary>
    public static async Task<BackupResult?> TakeAsync(Session session, RunSettings settings, BackupScope? scope = null)
    {
        var request = BackupOptions.Request(session);
        try
        {
            return await TakeAsync(session, settings, request with { Scope = scope ?? request.Scope });
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            session.Terminal.Note("There is no database yet, so nothing to back up.");
            return null;
        }
    }

    public static async Task<BackupResult> TakeAsync(Session session, RunSettings settings, BackupRequest request)
    {
        BackupResult result;
        try
        {
            result = await BackupRun.TakeAsync(settings, request, session.Stop);
        }
        finally
        {
            (request.Progress as BackupTalk)?.End();
        }

        var manifest = result.Manifest;
        session.Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Backup {Paths.Show(result.Path)}: {BackupOptions.Size(manifest.Bytes)}, {DiagnosticText.Counted(manifest.Tables.Length, "table")}, {manifest.Tables.Sum(t => t.Rows):N0} rows; restored and found equal ({Durations.Show(TimeSpan.FromMilliseconds(manifest.DurationMs))})."));
        foreach (var old in result.Removed)
        {
            session.Terminal.Note($"Removed {Paths.Show(old)}");
        }

        return result;
    }

    public static void WriteJson(Utf8JsonWriter json, BackupResult? result)
    {
        if (result is null)
        {
            return;
        }

        var manifest = result.Manifest;
        json.WriteStartObject("backup");
        json.WriteString("file", result.Path);
        json.WriteString("manifest", BackupManifest.PathFor(result.Path));
        json.WriteString("sha256", manifest.Sha256);
        json.WriteNumber("bytes", manifest.Bytes);
        json.WriteString("schemaVersion", manifest.SchemaVersion);
        json.WriteBoolean("whole", manifest.Whole);
        json.WriteNumber("tables", manifest.Tables.Length);
        json.WriteNumber("rows", manifest.Tables.Sum(t => t.Rows));
        json.WriteString("takenAt", manifest.TakenAt);
        json.WriteNumber("proofMs", manifest.ProofMs);
        json.WriteStrings("removed", result.Removed);
        json.WriteEndObject();
    }

    private static async Task<bool> IsPendingAsync(RunSettings settings, CancellationToken stop)
    {
        try
        {
            return !(await Status.ReadAsync(settings, cancellation: stop)).History.Pending.IsEmpty;
        }
        catch (ProblemException missing) when (missing.Problem.Code == "P1003")
        {
            return false;
        }
    }
}
