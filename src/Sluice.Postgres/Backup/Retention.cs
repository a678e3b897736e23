using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Sluice.Postgres.Backup;

/// <summary>
/// Takes away what the policy no longer keeps of one database, and never the newest. Backups of other servers, and those of
/// some tables, are counted apart: they cannot stand in for each other.
/// </summary>
internal static class Retention
{
    /// <param name="taken">The one that was just taken: it stays, whatever the clock says of the others.</param>
    public static ImmutableArray<string> Apply(string folder, string database, RetentionPolicy policy, DateTimeOffset now, string? taken = null)
    {
        ImmutableArray<string> removed = [.. Superfluous(folder, database, policy, now).Where(a => a != taken)];
        foreach (var archive in removed)
        {
            Remove(archive);
        }

        return removed;
    }

    /// <summary>What the policy no longer keeps.</summary>
    public static ImmutableArray<string> Superfluous(string folder, string database, RetentionPolicy policy, DateTimeOffset now) =>
    [
        .. Of(folder, database)
            .GroupBy(b => SeriesOf(b.Manifest))
            .SelectMany(group => Superfluous([.. group], policy, now))
            .Select(b => b.Archive),
    ];

    public static void Remove(string archive)
    {
        // The manifest first: what is left of a killed removal is no backup.
        File.Delete(BackupManifest.PathFor(archive));
        PrivateFiles.Delete(archive);
    }

    // A database of the same name on another server is another database, and other tables are another backup.
    private static (string Server, string? Tables) SeriesOf(BackupManifest manifest) =>
        (manifest.System ?? manifest.Server, manifest.Whole ? null : string.Join('\n', manifest.Tables.Select(t => $"{t.Schema}.{t.Name}")));

    // What a day, a week or a month keeps stays; of the rest, what the count and the age allow.
    private static IEnumerable<(string Archive, BackupManifest Manifest)> Superfluous(
        ImmutableArray<(string Archive, BackupManifest Manifest)> backups, RetentionPolicy policy, DateTimeOffset now)
    {
        var kept = PeriodsOf(policy)
            .SelectMany(p => backups.DistinctBy(b => p.Of(b.Manifest.TakenAt.UtcDateTime)).Take(p.Count))
            .Select(b => b.Archive)
            .ToHashSet(StringComparer.Ordinal);
        var byPeriodAlone = kept.Count > 0 && policy is { Keep: null, MaxAge: null };
        return backups.Where((b, i) => i > 0 && !kept.Contains(b.Archive) && (byPeriodAlone || i >= policy.Keep || now - b.Manifest.TakenAt > policy.MaxAge));
    }

    private static IEnumerable<(int Count, Func<DateTime, int> Of)> PeriodsOf(RetentionPolicy policy) =>
    [
        (policy.Daily, day => DateOnly.FromDateTime(day).DayNumber),
        (policy.Weekly, day => ISOWeek.GetYear(day) * 100 + ISOWeek.GetWeekOfYear(day)),
        (policy.Monthly, day => day.Year * 12 + day.Month),
    ];

    /// <summary>The backups of one database, newest first.</summary>
    public static IEnumerable<(string Archive, BackupManifest Manifest)> Of(string folder, string database) =>
        Directory.EnumerateFiles(folder, "*.dump" + BackupManifest.Suffix)
            .Select(path => (Archive: path[..^BackupManifest.Suffix.Length], Manifest: Read(path)!))
            .Where(b => b.Manifest?.Database == database)
            .OrderByDescending(b => b.Manifest.TakenAt)
            .ThenByDescending(b => b.Archive, StringComparer.Ordinal);

    /// <summary>Those of one server: by its own identifier where both are known, else by its address. A name and an address can be another one's tomorrow.</summary>
    public static IEnumerable<(string Archive, BackupManifest Manifest)> Of(string folder, string database, string? system, string server) =>
        Of(folder, database).Where(b => system is null || b.Manifest.System is null ? b.Manifest.Server == server : b.Manifest.System == system);

    private static BackupManifest? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.BackupManifest);
        }
        catch (JsonException)
        {
            // Not ours, or damaged: nothing that a policy may decide about.
            return null;
        }
    }
}
