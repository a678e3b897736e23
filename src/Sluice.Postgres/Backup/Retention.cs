using System.Collections.Immutable;
using System.Text.Json;

namespace Sluice.Postgres.Backup;

/// <summary>
/// Takes away what the policy no longer keeps of one database, and never the newest. Backups of everything and those of some
/// tables are counted apart: the second cannot stand in for the first.
/// </summary>
internal static class Retention
{
    public static ImmutableArray<string> Apply(string folder, string database, RetentionPolicy policy, DateTimeOffset now)
    {
        ImmutableArray<string> removed =
        [
            .. Of(folder, database)
                .GroupBy(b => b.Manifest.Whole)
                .SelectMany(group => group.Where((b, i) => i > 0 && (i >= policy.Keep || now - b.Manifest.TakenAt > policy.MaxAge)))
                .Select(b => b.Archive),
        ];
        foreach (var archive in removed)
        {
            // The manifest first: what is left of a killed removal is no backup.
            File.Delete(BackupManifest.PathFor(archive));
            PrivateFiles.Delete(archive);
        }

        return removed;
    }

    /// <summary>The backups of one database, newest first.</summary>
    public static IEnumerable<(string Archive, BackupManifest Manifest)> Of(string folder, string database) =>
        Directory.EnumerateFiles(folder, "*.dump" + BackupManifest.Suffix)
            .Select(path => (Archive: path[..^BackupManifest.Suffix.Length], Manifest: Read(path)!))
            .Where(b => b.Manifest?.Database == database)
            .OrderByDescending(b => b.Manifest.TakenAt)
            .ThenByDescending(b => b.Archive, StringComparer.Ordinal);

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
