using System.Collections.Immutable;

namespace Sluice.Postgres.Migrations;

/// <summary>One `migrations/…_name/migration.sql`.</summary>
/// <param name="Name">The folder's name, which is the migration's.</param>
/// <param name="Path">Path of migration.sql.</param>
/// <param name="Bytes">The file as it is on disk; the checksum is over these.</param>
public sealed record MigrationFile(string Name, string Path, ImmutableArray<byte> Bytes)
{
    /// <summary>SHA-256 in lower-case hex, as the history holds it.</summary>
    public string Checksum { get; } = Checksums.Of(Bytes.AsSpan());

    /// <summary>What is sent to the server: the text without a byte order mark.</summary>
    public string Script => ScriptText.Decode(this);
}
