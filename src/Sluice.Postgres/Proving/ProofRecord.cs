using System.Collections.Immutable;
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
    public static bool Holds(MigrationFolder folder, string migration) =>
        HashOf(folder.Migrations, migration) is { } hash
        && File.Exists(PathOf(folder.Migrations.First(m => m.Name == migration)))
        && File.ReadAllLines(PathOf(folder.Migrations.First(m => m.Name == migration))).Contains(hash, StringComparer.Ordinal);

    /// <summary>The file's text.</summary>
    internal static string Text(ImmutableArray<MigrationFile> migrations, string migration) => $"{Head}{HashOf(migrations, migration)}\n";

    internal static string NameFor(string downFile) => Path.ChangeExtension(downFile, ".proof");

    internal static void Write(ImmutableArray<MigrationFile> migrations, MigrationFile migration) =>
        File.WriteAllText(PathOf(migration), Text(migrations, migration.Name), new UTF8Encoding(false));

    /// <summary>A proof that no longer holds must not lie about.</summary>
    internal static void Withdraw(MigrationFile migration)
    {
        if (migration.Down is not null)
        {
            File.Delete(PathOf(migration));
        }
    }

    private static string PathOf(MigrationFile migration) => NameFor(migration.Down!.Path);

    /// <summary>Null for a migration without a way back.</summary>
    private static string? HashOf(ImmutableArray<MigrationFile> migrations, string migration)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var each in migrations)
        {
            Append(hash, each.Name, each);
            if (each.Name == migration)
            {
                if (each.Down is not { } down)
                {
                    return null;
                }

                Append(hash, "down", down);
                return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
            }
        }

        return null;
    }

    // Git may give a checkout other line ends.
    private static void Append(IncrementalHash hash, string name, MigrationFile script)
    {
        var bytes = Encoding.UTF8.GetBytes(script.Script.ReplaceLineEndings("\n"));
        hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{Checksums.Of(bytes)}\0"));
    }
}
