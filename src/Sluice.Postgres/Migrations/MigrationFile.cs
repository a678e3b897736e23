using System.Collections.Immutable;

namespace Sluice.Postgres.Migrations;

/// <summary>One `migrations/…_name/migration.sql` or `…_name.up.sql`.</summary>
/// <param name="Name">The folder's name, or the file's without `.up.sql`, which is the migration's.</param>
/// <param name="Path">Path of the script.</param>
/// <param name="Bytes">The file as it is on disk; the checksum is over these.</param>
public sealed record MigrationFile(string Name, string Path, ImmutableArray<byte> Bytes)
{
    public const string FileName = "migration.sql";

    public const string DownFileName = "down.sql";

    /// <summary>The script that undoes it, under the same name; null when there is none.</summary>
    public MigrationFile? Down { get; init; }

    /// <summary>SHA-256 in lower-case hex, as the history holds it.</summary>
    public string Checksum => Checksums.Of(Bytes.AsSpan());

    /// <summary>The migrations that it stands for; empty but for a squash.</summary>
    public ImmutableArray<ReplacedMigration> Replaces => SquashHeader.Read(Bytes.AsSpan());

    /// <summary>What is sent to the server: the text without a byte order mark.</summary>
    /// <exception cref="Connecting.ProblemException">SL5001: the file is not UTF-8.</exception>
    public string Script => ScriptText.Decode(Bytes.AsSpan(), $"Migration `{Name}`");
}
