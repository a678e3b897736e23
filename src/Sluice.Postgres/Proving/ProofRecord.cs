using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Proving;

/// <summary>
/// The record that a way back was proved: a file beside the down script, `….proof`, committed with it. It holds a hash over
/// both scripts and all migrations before them, so it survives a fresh clone, and falls when any of them changes.
/// </summary>
public static class ProofRecord
{
    private const string Head = "# `sluice migrate verify` ran this migration up, down and up again. It must be run again when either script, or a migration before it, changes.\n";

    /// <summary>Whether the migration's down script was proved as it is now, after the migrations that are before it now.</summary>
    public static bool Holds(MigrationFolder folder, string migration) => Holding(folder).Contains(migration, StringComparer.Ordinal);

    /// <summary>All whose proof holds.</summary>
    public static ImmutableArray<string> Holding(MigrationFolder folder) =>
    [
        .. Hashes(folder.Migrations)
            .Where(p => File.Exists(PathOf(p.Migration)) && File.ReadAllLines(PathOf(p.Migration)).Contains(p.Hash, StringComparer.Ordinal))
            .Select(p => p.Migration.Name),
    ];

    internal static void Write(ImmutableArray<MigrationFile> migrations, MigrationFile migration, ProofResult result) =>
        File.WriteAllText(PathOf(migration), $"{Head}{Rows(result)}{Hashes(migrations).First(p => p.Migration.Name == migration.Name).Hash}\n", new UTF8Encoding(false));

    private static string Rows(ProofResult result) => result.Rows is not { } rows ? "" : string.Concat(
        ((string[])[string.Create(CultureInfo.InvariantCulture, $"rows tried: {rows.Rows} in {rows.Tables} tables"), .. result.Irreversible.Select(r => "irreversible: " + r), .. rows.Remarks])
            .Select(line => $"# {line.ReplaceLineEndings(" ")}\n"));

    /// <summary>A proof that no longer holds must not lie about.</summary>
    internal static void Withdraw(MigrationFile migration)
    {
        if (migration.Down is not null)
        {
            File.Delete(PathOf(migration));
        }
    }

    private static string PathOf(MigrationFile migration) => Path.ChangeExtension(migration.Down!.Path, ".proof");

    /// <summary>What must stand in the record of each migration that has a way back.</summary>
    private static IEnumerable<(MigrationFile Migration, string Hash)> Hashes(ImmutableArray<MigrationFile> migrations)
    {
        using var ups = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var migration in migrations)
        {
            ups.AppendData(Line(migration.Name, migration));
            if (migration.Down is { } down)
            {
                yield return (migration, "sha256:" + Convert.ToHexStringLower(SHA256.HashData([.. ups.GetCurrentHash(), .. Line("down", down)])));
            }
        }
    }

    // Git may give a checkout other line ends.
    private static byte[] Line(string name, MigrationFile script) =>
        Encoding.UTF8.GetBytes($"{name}\0{Checksums.Of(Encoding.UTF8.GetBytes(script.Script.ReplaceLineEndings("\n")))}\0");
}
