using System.Collections.Immutable;

namespace Sluice.Postgres.Migrations;

/// <summary>One `migrations/…_name/migration.sql`.</summary>
/// <param name="Name">The folder's name, which is the migration's.</param>
/// <param name="Path">Path of migration.sql.</param>
/// <param name="Bytes">The file as it is on disk; the checksum is over these.</param>
public sealed record MigrationFile(string Name, string Path, ImmutableArray<byte> Bytes)
{
    public const string FileName = "migration.sql";

    /// <summary>SHA-256 in lower-case hex, as the history holds it.</summary>
    public string Checksum => Checksums.Of(Bytes.AsSpan());

    /// <summary>What is sent to the server: the text without a byte order mark.</summary>
    /// <exception cref="Connecting.ProblemException">SL5001: the file is not UTF-8.</exception>
    public string Script => ScriptText.Decode(Bytes.AsSpan(), $"Migration `{Name}`");
}
