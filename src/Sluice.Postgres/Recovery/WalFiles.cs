using System.Collections.Immutable;
using System.Globalization;
using Sluice.Postgres.Backup;

namespace Sluice.Postgres.Recovery;

/// <summary>
/// The files of a WAL archive: segments, the one that is being written (`.partial`), and histories of timelines. What was received
/// before a gap lies aside, in a folder of its own, where the receiver does not look. An encrypted segment has a suffix of its own.
/// </summary>
internal static class WalFiles
{
    private const string Partial = ".partial";
    private const string Sealed = ".sealed";
    private const string Aside = "until-";
    // Files are encrypted beside the receiver, which may have to set them aside.
    private static readonly SemaphoreSlim Moving = new(1, 1);

    private const int NameLength = 24;
    private const int TimelineLength = 8;

    /// <summary>Takes away what no base backup needs that is still there.</summary>
    public static int Prune(string folder, string first)
    {
        var old = FoldersOf(folder).SelectMany(f => Segments(f)).Where(p => IsBefore(p, first)).ToList();
        old.ForEach(File.Delete);
        foreach (var empty in FoldersOf(folder).Skip(1).Where(f => !Directory.EnumerateFileSystemEntries(f).Any()))
        {
            Directory.Delete(empty);
        }

        return old.Count;
    }

    /// <summary>Puts what follows a segment without a gap beside a server's own WAL. The one being written counts as far as it is.</summary>
    /// <returns>The first segment that is missing though later ones are there; null when none is.</returns>
    public static async Task<string?> CopyAsync(string folder, string first, string into, BackupKey? key, CancellationToken cancellation)
    {
        foreach (var history in FoldersOf(folder).SelectMany(f => Directory.EnumerateFiles(f, "*.history")))
        {
            File.Copy(history, Path.Combine(into, Path.GetFileName(history)), overwrite: true);
        }

        var received = FoldersOf(folder).SelectMany(f => Segments(f)).ToList();
        var size = received.Concat(Segments(into)).Select(SizeOf).DefaultIfEmpty().Max();
        if (size == 0)
        {
            return null;
        }

        var there = received.Concat(Segments(into)).ToLookup(p => NumberOf(NameOf(p), size));
        for (var number = NumberOf(first, size); there.Contains(number); number++)
        {
            foreach (var path in there[number].Where(p => Path.GetDirectoryName(p) != into))
            {
                await CopyAsync(path, Path.Combine(into, NameOf(path)), key, cancellation);
            }

            if (!there.Contains(number + 1) && there.Any(t => t.Key > number))
            {
                var each = 0x1_0000_0000 / size;
                return string.Create(CultureInfo.InvariantCulture, $"{first[..TimelineLength]}{(number + 1) / each:X8}{(number + 1) % each:X8}");
            }
        }

        return there.Contains(NumberOf(first, size)) ? null : first;
    }

    /// <summary>When something was last received of a segment and what follows it; null for never.</summary>
    public static DateTimeOffset? LastReceived(string folder, string first) =>
        FoldersOf(folder).SelectMany(f => Segments(f)).Where(p => !IsBefore(p, first)).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max() is { Ticks: > 0 } last ? new DateTimeOffset(last, TimeSpan.Zero) : null;

    /// <summary>The size of a segment, by the largest there is; 0 where there is none.</summary>
    public static long SegmentSize(string folder) => Segments(folder).Select(SizeOf).DefaultIfEmpty().Max();

    /// <summary>
    /// Encrypts each segment after which a later one has begun, where it lies, reads it back, and removes the plain one. By the last two
    /// the receiver knows where it is to go on.
    /// </summary>
    /// <returns>How many.</returns>
    public static async Task<int> SealAsync(string folder, BackupKey key, CancellationToken cancellation)
    {
        var sealedNow = 0;
        foreach (var each in FoldersOf(folder))
        {
            // What a killed one left.
            Directory.GetFiles(each, "*" + Sealed + Partial).ToList().ForEach(File.Delete);
            foreach (var path in Plain(each, isOver: each != folder))
            {
                await Moving.WaitAsync(cancellation);
                try
                {
                    sealedNow += await SealFileAsync(path, key, cancellation) ? 1 : 0;
                }
                finally
                {
                    Moving.Release();
                }
            }
        }

        return sealedNow;
    }

    /// <returns>False when it was set aside meanwhile; it is found there the next time.</returns>
    private static async Task<bool> SealFileAsync(string path, BackupKey key, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        var (closed, begun) = (path + Sealed, path + Sealed + Partial);
        await EncryptedArchive.SealAsync(path, begun, key, LabelOf(path), cancellation);
        File.SetLastWriteTimeUtc(begun, File.GetLastWriteTimeUtc(path));
        File.Move(begun, closed, overwrite: true);
        File.Delete(path);
        return true;
    }

    /// <summary>Whole segments that could have been encrypted and are not, of those from one on.</summary>
    public static ImmutableArray<string> Unsealed(string folder, string first) =>
        [.. FoldersOf(folder).SelectMany(f => Plain(f, isOver: f != folder)).Where(p => !IsBefore(p, first) && !File.Exists(p + Sealed))];

    // A part that is not filled up is dropped when the receiver begins again, and tells it nothing.
    private static IEnumerable<string> Plain(string folder, bool isOver)
    {
        var all = Segments(folder);
        var size = all.Select(SizeOf).DefaultIfEmpty().Max();
        var last = all.Where(p => !IsSealed(p) && SizeOf(p) == size).Select(NameOf).Max();
        return all.Where(p => Path.GetFileName(p).Length == NameLength && SizeOf(p) == size && (isOver || string.CompareOrdinal(NameOf(p), last) < 0));
    }

    private static bool IsSealed(string path) => path.EndsWith(Sealed, StringComparison.Ordinal);

    // The receiver may have renamed it meanwhile.
    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true, Length: var length } ? IsSealed(path) ? Envelope.Holds(length) : length : 0;

    private static string LabelOf(string path) => $"wal {NameOf(path)}";

    /// <summary>A new file is filled with zeros before anything is received into it; one that is not full holds nothing, and the receiver would refuse it for ever.</summary>
    public static void DropUnfilled(string folder, long size)
    {
        foreach (var path in Segments(folder).Where(p => p.EndsWith(Partial, StringComparison.Ordinal) && new FileInfo(p).Length != size))
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes room for what comes after a gap.</summary>
    /// <returns>The last segment before it; null when nothing was received yet.</returns>
    public static string? SetAside(string folder)
    {
        var all = Segments(folder);
        if (all.IsEmpty)
        {
            return null;
        }

        Moving.Wait();
        try
        {
            return SetAside(folder, all.Max(NameOf)!);
        }
        finally
        {
            Moving.Release();
        }
    }

    private static string SetAside(string folder, string last)
    {
        var aside = Directory.CreateDirectory(Path.Combine(folder, Aside + last)).FullName;
        foreach (var path in Segments(folder))
        {
            File.Move(path, Path.Combine(aside, Path.GetFileName(path)), overwrite: true);
        }

        return last;
    }

    private static async Task CopyAsync(string path, string into, BackupKey? key, CancellationToken cancellation)
    {
        if (IsSealed(path))
        {
            await using var plain = PrivateFiles.Create(into);
            await Envelope.OpenAsync(path, plain, key ?? throw BackupKey.Refused($"The WAL file {path} is encrypted.", "Say where its key is: `--key-file FILE`"), LabelOf(path), cancellation);
            return;
        }

        // A part of a file is worth less than what the server itself has of it, unless it reaches further.
        if (path.EndsWith(Partial, StringComparison.Ordinal) && File.Exists(into) && Reach(path) <= Reach(into))
        {
            return;
        }

        try
        {
            File.Copy(path, into, overwrite: true);
        }
        catch (FileNotFoundException) when (Successor(path) is { } successor)
        {
            await CopyAsync(successor, into, key, cancellation);
        }
    }

    // The receiver has just finished it, or encrypted it.
    private static string? Successor(string path)
    {
        var whole = Path.Combine(Path.GetDirectoryName(path)!, NameOf(path));
        return new[] { whole, whole + Sealed }.FirstOrDefault(p => p != path && File.Exists(p));
    }

    /// <summary>Where the last byte is that is not zero.</summary>
    private static long Reach(string path)
    {
        var block = new byte[1 << 16];
        using var file = File.OpenRead(path);
        for (var at = (file.Length - 1) / block.Length * block.Length; at >= 0; at -= block.Length)
        {
            file.Position = at;
            var read = file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            if (block.AsSpan(0, read).LastIndexOfAnyExcept((byte)0) is >= 0 and var last)
            {
                return at + last;
            }
        }

        return -1;
    }

    private static long NumberOf(string name, long size) =>
        Part(name, TimelineLength) * (0x1_0000_0000 / size) + Part(name, 2 * TimelineLength);

    private static long Part(string name, int at) => long.Parse(name.AsSpan(at, TimelineLength), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool IsBefore(string path, string first) => string.CompareOrdinal(NameOf(path)[TimelineLength..], first[TimelineLength..]) < 0;

    private static string NameOf(string path) => Path.GetFileName(path)[..NameLength];

    private static ImmutableArray<string> FoldersOf(string folder) => Directory.Exists(folder) ? [folder, .. Directory.EnumerateDirectories(folder, Aside + "*")] : [];

    // Whole ones last, and encrypted ones after those: they are right where both are.
    private static ImmutableArray<string> Segments(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Where(p => IsSegment(Path.GetFileName(p))).OrderByDescending(p => p.EndsWith(Partial, StringComparison.Ordinal)).ThenBy(IsSealed)]
        : [];

    private static bool IsSegment(string name) => name.Length >= NameLength && name.Take(NameLength).All(char.IsAsciiHexDigitUpper) && name[NameLength..] is "" or Partial or Sealed;
}
