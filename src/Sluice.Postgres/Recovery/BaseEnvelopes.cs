using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Backup;

namespace Sluice.Postgres.Recovery;

/// <summary>A base backup whose files are envelopes, each bound to its place in this base backup and no other.</summary>
internal static class BaseEnvelopes
{
    // Most files are small, and each waits for the disk.
    private const int AtOnce = 4;

    /// <summary>Encrypts every file where it lies, and reads it back.</summary>
    /// <returns>The manifest with what tells the files; its own seal comes last.</returns>
    public static async Task<BaseManifest> SealAsync(string folder, BaseManifest manifest, BackupKey key, IProgress<RecoveryProgress>? progress, CancellationToken cancellation)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var sizes = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        await EachAsync(folder, manifest.Bytes, RecoveryPhase.Encrypting, progress, async (file, name) =>
        {
            sizes[name] = file.Length;
            await EncryptedArchive.SealFileAsync(file.FullName, key, LabelOf(id, name), cancellation);
            return sizes[name];
        }, cancellation);
        return manifest with { Id = id, FileList = ListOf(sizes, key) };
    }

    /// <summary>Decrypts every file into another folder.</summary>
    /// <exception cref="Connecting.ProblemException">SL5104: a file was changed, is missing, or was put in.</exception>
    public static async Task OpenAsync(BaseBackup from, string into, BackupKey key, IProgress<RecoveryProgress>? progress, CancellationToken cancellation)
    {
        var sizes = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        await EachAsync(from.Folder, from.Manifest.Bytes, RecoveryPhase.Copying, progress, async (file, name) =>
        {
            await using var plain = PrivateFiles.Create(Path.Combine(into, name));
            await Envelope.OpenAsync(file.FullName, plain, key, LabelOf(from.Manifest.Id!, name), cancellation);
            return sizes[name] = plain.Length;
        }, cancellation);
        if (ListOf(sizes, key) != from.Manifest.FileList)
        {
            throw BackupManifest.Refused(from.Folder, "files of it are missing, or others were put in.");
        }
    }

    private static async Task EachAsync(
        string folder, long total, RecoveryPhase phase, IProgress<RecoveryProgress>? progress, Func<FileInfo, string, Task<long>> work, CancellationToken cancellation)
    {
        var done = 0L;
        var files = new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories);
        await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (file, _) =>
        {
            var name = Path.GetRelativePath(folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            var size = await work(file, name);

            // Who is told need not be told by several at once.
            lock (files)
            {
                done += size;
                progress?.Report(new RecoveryProgress(phase, (int)(done >> 10), (int)(total >> 10)));
            }
        });
    }

    private static string LabelOf(string id, string name) => $"base {id}/{name}";

    private static string ListOf(ConcurrentDictionary<string, long> sizes, BackupKey key)
    {
        var list = new StringBuilder();
        foreach (var (name, size) in sizes.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            list.Append(CultureInfo.InvariantCulture, $"{size} {name}\n");
        }

        return key.Mac("sluice base backup files", Encoding.UTF8.GetBytes(list.ToString()));
    }
}
