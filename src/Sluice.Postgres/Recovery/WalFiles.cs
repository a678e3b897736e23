using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Postgres.Recovery;

/// <summary>
/// The files of a WAL archive: segments, the one that is being written (`.partial`), and histories of timelines. What was received
/// before a gap lies aside, in a folder of its own, where the receiver does not look.
/// </summary>
internal static class WalFiles
{
    private const string Partial = ".partial";
    private const string Aside = "until-";
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
    public static string? Copy(string folder, string first, string into)
    {
        foreach (var history in FoldersOf(folder).SelectMany(f => Directory.EnumerateFiles(f, "*.history")))
        {
            File.Copy(history, Path.Combine(into, Path.GetFileName(history)), overwrite: true);
        }

        var received = FoldersOf(folder).SelectMany(f => Segments(f)).ToList();
        var size = received.Concat(Segments(into)).Select(p => new FileInfo(p).Length).DefaultIfEmpty().Max();
        if (size == 0)
        {
            return null;
        }

        var there = received.Concat(Segments(into)).ToLookup(p => NumberOf(NameOf(p), size));
        for (var number = NumberOf(first, size); there.Contains(number); number++)
        {
            foreach (var path in there[number].Where(p => Path.GetDirectoryName(p) != into))
            {
                Copy(path, Path.Combine(into, NameOf(path)));
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
    public static long SegmentSize(string folder) => Segments(folder).Select(p => new FileInfo(p).Length).DefaultIfEmpty().Max();

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

        var last = all.Max(NameOf)!;
        var aside = Directory.CreateDirectory(Path.Combine(folder, Aside + last)).FullName;
        foreach (var path in all)
        {
            File.Move(path, Path.Combine(aside, Path.GetFileName(path)), overwrite: true);
        }

        return last;
    }

    private static void Copy(string path, string into)
    {
        // A part of a file is worth less than what the server itself has of it, unless it reaches further.
        if (path.EndsWith(Partial, StringComparison.Ordinal) && File.Exists(into) && Reach(path) <= Reach(into))
        {
            return;
        }

        try
        {
            File.Copy(path, into, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // The receiver has just finished it.
            File.Copy(path[..^Partial.Length], into, overwrite: true);
        }
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

    // Whole ones last: they are right where both are.
    private static ImmutableArray<string> Segments(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Where(p => IsSegment(Path.GetFileName(p))).OrderByDescending(p => p.EndsWith(Partial, StringComparison.Ordinal))]
        : [];

    private static bool IsSegment(string name) => name.Length >= NameLength && name.Take(NameLength).All(char.IsAsciiHexDigitUpper) && name[NameLength..] is "" or Partial;
}
