using System.Globalization;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Backup;

/// <summary>
/// How backups ended, in the journal: there `monitor` finds it, on whatever machine. One that goes before a migration is in
/// the migration's own run, unless it failed.
/// </summary>
internal static class BackupRecord
{
    private const string Command = "backup";

    /// <param name="backup">Ends as it would have.</param>
    public static async Task<BackupResult> KeepAsync(RunSettings settings, Task<BackupResult> backup)
    {
        await ((Task)backup).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!backup.IsCanceled && (backup.IsFaulted || settings.Identity.Command == Command) && await RecordAsync(settings, backup) is { } reason)
        {
            settings.Progress?.Report(new RunEvent.NotJournalled(reason));
        }

        return await backup;
    }

    private static async Task<string?> RecordAsync(RunSettings settings, Task<BackupResult> backup)
    {
        try
        {
            await using var books = await RunSession.ConnectAsync(settings, settings.Address, CancellationToken.None);
            return await RecordedRun.RunAsync(
                books, settings with { Identity = settings.Identity with { Command = Command } },
                async run =>
                {
                    if (backup.IsFaulted)
                    {
                        await run.NoteAsync($"failed: {(backup.Exception.InnerException as ProblemException)?.Problem.Code ?? backup.Exception.InnerException?.GetType().Name}");
                    }

                    var manifest = (await backup).Manifest;
                    // `monitor` reads the number.
                    await run.NoteAsync(string.Create(CultureInfo.InvariantCulture, $"backed up {manifest.Bytes} bytes in {manifest.DurationMs} ms"));
                    return (string?)null;
                },
                CancellationToken.None);
        }
        catch (Exception own) when (ReferenceEquals(own, backup.Exception?.InnerException))
        {
            // The run's row has it; whoever waits for the backup is told.
            return null;
        }
        catch (ProblemException unreachable)
        {
            return unreachable.Problem.Message;
        }
        catch (NpgsqlException refused)
        {
            // A standby, say, which may only be read.
            return Redaction.Clean(refused.Message, settings.Address);
        }
    }
}
