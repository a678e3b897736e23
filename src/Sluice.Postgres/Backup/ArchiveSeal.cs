using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Postgres.Backup;

/// <summary>Size and SHA-256 of an archive; of a folder, those of the list of its files with theirs.</summary>
internal sealed record ArchiveSeal(string Sha256, long Bytes)
{
    public static async Task<ArchiveSeal> OfAsync(string archive, CancellationToken cancellation)
    {
        if (File.Exists(archive))
        {
            return await OfFileAsync(archive, cancellation);
        }

        var list = new StringBuilder();
        var bytes = 0L;
        foreach (var path in Directory.EnumerateFiles(archive).Order(StringComparer.Ordinal))
        {
            var file = await OfFileAsync(path, cancellation);
            list.Append(CultureInfo.InvariantCulture, $"{file.Sha256} {file.Bytes} {Path.GetFileName(path)}\n");
            bytes += file.Bytes;
        }

        return new ArchiveSeal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString()))), bytes);
    }

    /// <summary>Reads the archive whole, before anything of it is believed.</summary>
    public static async Task RequireAsync(string archive, BackupManifest manifest, CancellationToken cancellation)
    {
        if (!Path.Exists(archive))
        {
            throw BackupManifest.Refused(archive, "there is no such file.");
        }

        var found = await OfAsync(archive, cancellation);
        if (found.Bytes < manifest.Bytes)
        {
            throw BackupManifest.Refused(archive, string.Create(CultureInfo.InvariantCulture, $"it is truncated: {found.Bytes} bytes, of {manifest.Bytes} that were written."));
        }

        if (found.Sha256 != manifest.Sha256)
        {
            throw BackupManifest.Refused(archive, $"it is damaged: its SHA-256 is {found.Sha256}, and was {manifest.Sha256} when it was written.");
        }
    }

    private static async Task<ArchiveSeal> OfFileAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return new ArchiveSeal(Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)), file.Length);
    }
}
