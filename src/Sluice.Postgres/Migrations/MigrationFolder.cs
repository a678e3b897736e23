using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>A migrations folder as it was read: every migration in ordinal order of name.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Migrations">Those that have a migration.sql.</param>
/// <param name="WithoutScript">Folders without one: P3015 for every command that must read it.</param>
/// <param name="Provider">What `migration_lock.toml` says, null when there is none.</param>
public sealed record MigrationFolder(
    string Path,
    ImmutableArray<MigrationFile> Migrations,
    ImmutableArray<string> WithoutScript,
    string? Provider)
{
    /// <summary>Every name, with and without a script, in order.</summary>
    public ImmutableArray<string> Names => [.. Migrations.Select(m => m.Name).Concat(WithoutScript).Order(StringComparer.Ordinal)];

    /// <summary>Reads the folder; one that does not exist reads as empty.</summary>
    /// <exception cref="ProblemException">P3019: another provider.</exception>
    public static MigrationFolder Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return new MigrationFolder(path, [], [], null);
        }

        var provider = LockFile.Read(path);
        var migrations = ImmutableArray.CreateBuilder<MigrationFile>();
        var withoutScript = ImmutableArray.CreateBuilder<string>();
        foreach (var name in FoldersIn(path))
        {
            var script = System.IO.Path.Combine(path, name, MigrationFile.FileName);
            if (File.Exists(script))
            {
                migrations.Add(new MigrationFile(name, script, ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(script))));
            }
            else
            {
                withoutScript.Add(name);
            }
        }

        return new MigrationFolder(path, migrations.ToImmutable(), withoutScript.ToImmutable(), provider);
    }

    // Hidden folders are tools' own: drafts, version control.
    private static IEnumerable<string> FoldersIn(string path) => Directory.GetDirectories(path)
        .Select(d => System.IO.Path.GetFileName(d))
        .Where(n => !n.StartsWith('.'))
        .Order(StringComparer.Ordinal);

    /// <exception cref="ProblemException">P3015: a folder has no migration.sql.</exception>
    public MigrationFolder RequireScripts() => WithoutScript.IsEmpty
        ? this
        : throw new ProblemException(new Problem(
            "P3015",
            $"Could not find the migration file at {string.Join(", ", WithoutScript.Select(n => System.IO.Path.Combine(Path, n, MigrationFile.FileName)))}.")
        {
            Remedies =
            [
                "Restore the file, for example from version control.",
                .. WithoutScript.Select(n => $"Or delete the folder, if it was never a migration: {System.IO.Path.Combine(Path, n)}"),
            ],
        });

    /// <exception cref="ProblemException">P3017: no migration of that name.</exception>
    public MigrationFile Require(string name) =>
        Migrations.FirstOrDefault(m => m.Name == name)
        ?? throw new ProblemException(new Problem(
            "P3017",
            $"The migration {name} could not be found. Please make sure that the migration exists, and that you included the whole name of the directory. (example: \"20201231000000_initial_migration\")")
        {
            Remedies = [.. Migrations.Where(m => m.Name.Contains(name, StringComparison.OrdinalIgnoreCase)).Take(3).Select(m => $"Did you mean: {m.Name}")],
        });
}
