using System.Collections.Immutable;
using System.Text;

namespace Sluice.Postgres.Migrations;

/// <summary>One of the migrations that a squash stands for.</summary>
/// <param name="Checksums">Of its script, whichever line ends it had when it was applied.</param>
public sealed record ReplacedMigration(string Name, ImmutableArray<string> Checksums);

/// <summary>
/// The comment that a squash begins with. It says which migrations it stands for, so that a database which has these needs
/// nothing but the knowledge; as a part of the script it is under its checksum, and other tools read over it.
/// </summary>
internal static class SquashHeader
{
    private const string First = "-- Squashed: stands for the migrations below. A database that has all of them gets this one marked as applied.";
    private const string Line = "-- replaces: ";

    private static readonly byte[] FirstBytes = Encoding.UTF8.GetBytes(First);

    public static string Write(IEnumerable<MigrationFile> replaced) =>
        First + "\n" + string.Concat(replaced.Select(m => $"{Line}{m.Name} {string.Join(',', Checksums.Spellings(m.Bytes.AsSpan()))}\n")) + "\n";

    /// <summary>Empty for every other migration.</summary>
    public static ImmutableArray<ReplacedMigration> Read(ReadOnlySpan<byte> script)
    {
        if (!script.StartsWith(FirstBytes))
        {
            return [];
        }

        return
        [
            .. Encoding.UTF8.GetString(script).Split('\n').Skip(1)
                .Select(l => l.TrimEnd('\r'))
                .TakeWhile(l => l.StartsWith(Line, StringComparison.Ordinal))
                .Select(l => l[Line.Length..])
                .Select(l => l.LastIndexOf(' ') is > 0 and var end
                    ? new ReplacedMigration(l[..end], [.. l[(end + 1)..].Split(',')])
                    : new ReplacedMigration(l, [])),
        ];
    }
}
