using System.Collections.Immutable;
using Sluice.Postgres.Backup;

namespace Sluice.Postgres.Maintaining;

/// <summary>Backups and logs that a policy no longer keeps.</summary>
internal static class OldFiles
{
    public static ImmutableArray<MaintenanceTask> Find(MaintenancePolicy policy, string database, DateTimeOffset now)
    {
        var tasks = ImmutableArray.CreateBuilder<MaintenanceTask>();
        if (policy.Backups is { } retention && Directory.Exists(policy.BackupFolder))
        {
            tasks.AddRange(Retention.Superfluous(policy.BackupFolder, database, retention, now).Select(p => new MaintenanceTask.RemoveBackup(p)));
        }

        if (policy.LogAge is { } age && Directory.Exists(policy.LogFolder))
        {
            // The newest stays: by it the journal's end is known.
            tasks.AddRange(Directory.EnumerateFiles(policy.LogFolder, "migration_*.log").OrderDescending(StringComparer.Ordinal).GroupBy(p => Path.GetFileName(p).StartsWith("migration_errors_", StringComparison.Ordinal))
                .SelectMany(group => group.Skip(group.Key ? 0 : 1))
                .Select(path => (Path: path, Age: now.UtcDateTime - File.GetLastWriteTimeUtc(path)))
                .Where(f => f.Age > age)
                .Select(f => new MaintenanceTask.RemoveLog(f.Path, (int)f.Age.TotalDays)));
        }

        return tasks.ToImmutable();
    }
}
