using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Postgres.Backup;

/// <summary>Size and SHA-256 of an archive; of a folder, those of the list of its files with theirs.</summary>
internal sealed record ArchiveSeal(string Sha256, long Bytes, ImmutableArray<ArchivePart> Parts)
{
    // A damage is told by its stretch, and the list of them stays short however large the file is.
    private const long SmallestPart = 1 << 20;
    private const int MostParts = 1024;

    public static async Task<ArchiveSeal> OfAsync(string archive, CancellationToken cancellation)
    {
        if (File.Exists(archive))
        {
            return await OfFileAsync(archive, cancellation);
        }

        var list = new StringBuilder();
        var parts = ImmutableArray.CreateBuilder<ArchivePart>();
        foreach (var path in Directory.EnumerateFiles(archive).Order(StringComparer.Ordinal))
        {
            var file = await OfFileAsync(path, cancellation);
            list.Append(CultureInfo.InvariantCulture, $"{file.Sha256} {file.Bytes} {Path.GetFileName(path)}\n");
            parts.Add(new ArchivePart(Path.GetFileName(path), 0, file.Bytes, file.Sha256));
        }

        return new ArchiveSeal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString()))), parts.Sum(p => p.Bytes), parts.ToImmutable());
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
            throw BackupManifest.Refused(archive, $"it is damaged{found.PlaceIn(manifest)}: its SHA-256 is {found.Sha256}, and was {manifest.Sha256} when it was written.");
        }
    }

    private string PlaceIn(BackupManifest manifest)
    {
        if (manifest.Parts.IsDefaultOrEmpty || manifest.Parts.FirstOrDefault(p => !Parts.Contains(p)) is not { } damaged)
        {
            return Bytes > manifest.Bytes ? string.Create(CultureInfo.InvariantCulture, $", something was added to it after byte {manifest.Bytes}") : "";
        }

        return damaged.File is { } file
            ? $" in its file {file}"
            : string.Create(CultureInfo.InvariantCulture, $" between byte {damaged.From} and byte {damaged.From + damaged.Bytes}");
    }

    private static async Task<ArchiveSeal> OfFileAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var size = (int)Math.Min(Math.Max(SmallestPart, (file.Length + MostParts - 1) / MostParts), 1 << 30);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var parts = ImmutableArray.CreateBuilder<ArchivePart>();
        var buffer = new byte[SmallestPart];
        for (var (from, held) = (0L, 0); ;)
        {
            var read = await file.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, size - held)), cancellation);
            whole.AppendData(buffer, 0, read);
            part.AppendData(buffer, 0, read);
            held += read;
            if (held == size || (read == 0 && held > 0))
            {
                parts.Add(new ArchivePart(null, from, held, Convert.ToHexStringLower(part.GetHashAndReset())));
                (from, held) = (from + held, 0);
            }

            if (read == 0)
            {
                return new ArchiveSeal(Convert.ToHexStringLower(whole.GetHashAndReset()), file.Length, parts.ToImmutable());
            }
        }
    }
}
