using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Backup;
using Sluice.Postgres.Running;

namespace Sluice.Cli.Commands;

/// <summary>The backup that goes before a run. A failed one stops the command: its exception is not caught.</summary>
internal static class SafetyBackup
{
    /// <summary>Unless `--no-backup` says otherwise, or there is nothing to save, a proved backup of as much as the policy wants.</summary>
    public static async Task<BackupResult?> BeforeAsync(Session session, RunAhead ahead, ScopePolicy policy, BackupRequest request)
    {
        if (session.Get(OperatingOptions.NoBackup))
        {
            session.Terminal.Note("No backup is taken, as asked.");
            return null;
        }

        var choice = await ScopeChoice.MakeAsync(ahead, policy, session.Stop);
        if (choice.Scope is null)
        {
            session.Terminal.Note($"A backup would hold {choice.Meaning}.");
            return null;
        }

        session.Terminal.Say($"Backup of {choice.Meaning}");
        return await TakeAsync(session, ahead.Settings, request with { Scope = choice.Scope });
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
            $"Backup {Paths.Show(result.Path)}: {BackupOptions.Size(manifest.Bytes)}, {DiagnosticText.Counted(manifest.Tables.Length, "table")}, {manifest.Tables.Sum(t => t.Rows):N0} rows; restored and found equal{(manifest.Encryption is { } encryption ? $", encrypted with the key {encryption.KeyId}" : "")}{(result.IsUploaded ? ", uploaded" : "")} ({Durations.Show(TimeSpan.FromMilliseconds(manifest.DurationMs))})."));
        session.Log?.BackupTaken(result.Path, manifest);
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
        json.WriteNumber("backupMs", manifest.DurationMs);
        json.WriteNumber("proofMs", manifest.ProofMs);
        json.WriteBoolean("encrypted", manifest.Encryption is not null);
        json.WriteBoolean("uploaded", result.IsUploaded);
        json.WriteStrings("removed", result.Removed);
        json.WriteEndObject();
    }
}
