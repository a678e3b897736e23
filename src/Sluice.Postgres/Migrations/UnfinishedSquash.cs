using System.Collections.Immutable;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>
/// A squash is put in its place before the migrations it stands for are taken away. Where some are still there, whoever
/// did it was killed in between, and nothing must be run until that is brought to its end.
/// </summary>
internal static class UnfinishedSquash
{
    public static MigrationFolder Refuse(MigrationFolder folder)
    {
        Refuse(folder.Path, folder.Migrations, folder.WithoutScript);
        return folder;
    }

    /// <exception cref="ProblemException">SL5046.</exception>
    public static void Refuse(string path, ImmutableArray<MigrationFile> migrations, ImmutableArray<string> others = default)
    {
        if (Find(migrations, others.IsDefault ? [] : others) is var (squash, left))
        {
            throw new ProblemException(new Problem(
                "SL5046",
                $"`{squash.Name}` stands for migrations that are still in {path}: {string.Join(", ", left.Take(5))}{(left.Length > 5 ? ", …" : "")}. The squash was interrupted.")
            {
                Remedies =
                [
                    "To bring it to its end: sluice migrate squash",
                    $"To take it back: delete {(System.IO.Path.GetFileName(squash.Path) == MigrationFile.FileName ? System.IO.Path.GetDirectoryName(squash.Path) : squash.Path)}, and restore what is missing from version control.",
                ],
            });
        }
    }

    public static (MigrationFile Squash, ImmutableArray<string> Left)? Find(ImmutableArray<MigrationFile> migrations, ImmutableArray<string> others)
    {
        foreach (var squash in migrations)
        {
            var replaced = squash.Replaces.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
            ImmutableArray<string> left = replaced.Count == 0 ? [] : [.. migrations.Select(m => m.Name).Concat(others).Where(replaced.Contains)];
            if (!left.IsEmpty)
            {
                return (squash, left);
            }
        }

        return null;
    }
}
