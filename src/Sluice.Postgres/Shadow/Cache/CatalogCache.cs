using System.Security.Cryptography;
using System.Text;
using Sluice.Catalog;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>
/// Catalogs that replays have read, a file each, named by its key. Each file ends in a hash over key and content: one that
/// is damaged, or lies under another's name, counts as absent. Whoever writes at the same time writes the same bytes.
/// </summary>
public sealed class CatalogCache(string folder, TimeProvider clock)
{
    public const int MostFiles = 48;
    public const long MostBytes = 64 << 20;

    private const string Extension = ".catalog";
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);

    public string Folder { get; } = folder;

    /// <summary>The files with their sizes, those used last first.</summary>
    public IReadOnlyList<FileInfo> Files =>
        Directory.Exists(Folder)
            ? [.. new DirectoryInfo(Folder).EnumerateFiles("*" + Extension)
                .Where(f => f.Exists) // asks the disk now, once: another run may delete it meanwhile
                .OrderByDescending(f => f.LastWriteTimeUtc)
                .ThenBy(f => f.Name, StringComparer.Ordinal)]
            : [];

    /// <summary>Removes every file; says how many there were.</summary>
    public int Clear()
    {
        var files = Files;
        foreach (var file in files)
        {
            file.Delete();
        }

        return files.Count;
    }

    internal Database? Find(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return null;
        }

        var file = File.ReadAllBytes(path);
        if (file.Length < SHA256.HashSizeInBytes || !Seal(key, file.AsSpan()[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(file.AsSpan()[^SHA256.HashSizeInBytes..]))
        {
            return null;
        }

        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
        return CatalogDecoder.Decode(file[..^SHA256.HashSizeInBytes]);
    }

    internal void Store(string key, Database database)
    {
        Directory.CreateDirectory(Folder);
        KeepOutOfGit();
        var content = CatalogEncoder.Encode(database);
        var path = PathOf(key);
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            File.WriteAllBytes(temporary, [.. content, .. Seal(key, content)]);
            File.SetLastWriteTimeUtc(temporary, clock.GetUtcNow().UtcDateTime);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }

        Trim();
    }

    private string PathOf(string key) => Path.Combine(Folder, key + Extension);

    private static byte[] Seal(string key, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(key));
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    // What this machine has found out is no part of the project.
    private void KeepOutOfGit()
    {
        var ignore = Path.Combine(Folder, ".gitignore");
        if (!File.Exists(ignore))
        {
            File.WriteAllText(ignore, "*\n");
        }
    }

    private void Trim()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var bytes = 0L;
        foreach (var (i, file) in Files.Index())
        {
            bytes += file.Length;
            if (i > 0 && (i >= MostFiles || bytes > MostBytes || now - file.LastWriteTimeUtc > Oldest))
            {
                file.Delete();
            }
        }

        // A writer that was killed left these.
        foreach (var left in new DirectoryInfo(Folder).EnumerateFiles("*.new").Where(f => now - f.LastWriteTimeUtc > TimeSpan.FromHours(1)))
        {
            left.Delete();
        }
    }
}
