using System.Security.Cryptography;

namespace Sluice.Postgres.Backup;

/// <summary>An archive whose files are envelopes, each under its own name in the folder.</summary>
internal static class EncryptedArchive
{
    public const string Plain = ".plain";

    /// <summary>Encrypts the archive where it lies, and reads it back: what is stored is what was proved.</summary>
    public static async Task SealAsync(string archive, BackupKey key, CancellationToken cancellation)
    {
        foreach (var file in FilesOf(archive))
        {
            await SealFileAsync(file, key, LabelOf(archive, file), cancellation);
        }
    }

    /// <summary>Encrypts a file where it lies, and reads it back.</summary>
    public static async Task SealFileAsync(string file, BackupKey key, string label, CancellationToken cancellation)
    {
        var plain = file + Plain;
        File.Move(file, plain);
        await SealAsync(plain, file, key, label, cancellation);
        File.Delete(plain);
    }

    /// <summary>Encrypts a file beside itself, and reads back what was written.</summary>
    public static async Task SealAsync(string plain, string into, BackupKey key, string label, CancellationToken cancellation)
    {
        await Envelope.SealAsync(plain, into, key, label, cancellation);
        var wanted = await HashAsync(plain, cancellation);
        using var found = SHA256.Create();
        await using (var hashing = new CryptoStream(Stream.Null, found, CryptoStreamMode.Write))
        {
            await Envelope.OpenAsync(into, hashing, key, label, cancellation);
        }

        if (!found.Hash.AsSpan().SequenceEqual(wanted))
        {
            throw BackupManifest.Refused(into, "encrypted and read back, it is not what was proved.");
        }
    }

    /// <summary>Decrypts an archive to another place.</summary>
    public static async Task OpenAsync(string archive, string into, BackupKey key, CancellationToken cancellation)
    {
        if (Directory.Exists(archive))
        {
            PrivateFiles.CreateFolder(into);
        }

        foreach (var file in FilesOf(archive))
        {
            await using var plain = PrivateFiles.Create(Directory.Exists(archive) ? Path.Combine(into, Path.GetFileName(file)) : into);
            await Envelope.OpenAsync(file, plain, key, LabelOf(archive, file), cancellation);
        }
    }

    private static List<string> FilesOf(string archive) => Directory.Exists(archive) ? [.. Directory.EnumerateFiles(archive).Order(StringComparer.Ordinal)] : [archive];

    // A folder's files cannot stand in for each other; the file of a backup may be renamed.
    private static string LabelOf(string archive, string file) => archive == file ? "" : Path.GetFileName(file);

    private static async Task<byte[]> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return await SHA256.HashDataAsync(file, cancellation);
    }
}
