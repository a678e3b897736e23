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
    public MigrationLayout Layout { get; init; }

    /// <summary>Every name, with and without a script, in order.</summary>
    public ImmutableArray<string> Names => Layout is MigrationLayout.Versioned
        ? [.. Migrations.Select(m => m.Name)]
        : [.. Migrations.Select(m => m.Name).Concat(WithoutScript).Order(StringComparer.Ordinal)];

    /// <summary>What stays of a migration's name when its description changes.</summary>
    public string KeyOf(string migration) => Layout is MigrationLayout.Versioned ? VersionedName.VersionOf(migration) : migration;

    /// <summary>The order that these migrations and <paramref name="others"/>, which are no longer on disk, apply in.</summary>
    public IComparer<string> OrderWith(IEnumerable<string> others) => Layout is MigrationLayout.Versioned
        ? new VersionOrder(Migrations.Select(m => m.Name).Concat(others))
        : StringComparer.Ordinal;

    /// <summary>Reads the folder, whichever its layout; one that does not exist reads as empty.</summary>
    /// <exception cref="ProblemException">P3019: another provider. SL5020: two layouts in one. SL5021: versioned files with wrong names.</exception>
    public static MigrationFolder Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return new MigrationFolder(path, [], [], null);
        }

        var versioned = VersionedFolder.FilesOf(path);
        if (!versioned.IsEmpty)
        {
            var folders = FoldersIn(path).Where(n => File.Exists(System.IO.Path.Combine(path, n, MigrationFile.FileName))).ToList();
            if (folders.Count == 0)
            {
                return UnfinishedSquash.Refuse(VersionedFolder.Read(path, versioned));
            }

            if (versioned.Where(VersionedFolder.IsDirected).ToList() is { Count: > 0 } directed)
            {
                throw Mixed(path, folders, directed);
            }
        }

        var provider = LockFile.Read(path);
        var migrations = ImmutableArray.CreateBuilder<MigrationFile>();
        var withoutScript = ImmutableArray.CreateBuilder<string>();
        foreach (var name in FoldersIn(path))
        {
            var script = System.IO.Path.Combine(path, name, MigrationFile.FileName);
            if (File.Exists(script))
            {
                var down = System.IO.Path.Combine(path, name, MigrationFile.DownFileName);
                migrations.Add(Load(name, script) with { Down = File.Exists(down) ? Load(name, down) : null });
            }
            else
            {
                withoutScript.Add(name);
            }
        }

        return UnfinishedSquash.Refuse(new MigrationFolder(path, migrations.ToImmutable(), withoutScript.ToImmutable(), provider));
    }

    private static MigrationFile Load(string name, string path) => new(name, path, ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(path)));

    private static ProblemException Mixed(string path, List<string> folders, List<string> files) => new(new Problem(
        "SL5020",
        $"{path} holds two layouts, and which comes first nobody can tell:\n"
        + $"  folders with a migration.sql: {Some(folders)}\n"
        + $"  versioned files: {Some(files)}")
    {
        Remedies =
        [
            $"Keep the layout that the database's history was made with (`_prisma_migrations` for folders, `schema_migrations` for files), and move the others out of {path}.",
        ],
    });

    private static string Some(List<string> names) => string.Join(", ", names.Take(5)) + (names.Count > 5 ? ", …" : "");

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

    /// <summary>The one name among <paramref name="names"/> that a person means by a whole name or a version: `2` and `002` for `002_add_x`. Null for none.</summary>
    public string? Meant(string given, IEnumerable<string> names)
    {
        var all = names.ToList();
        if (all.Contains(given))
        {
            return given;
        }

        var order = new VersionOrder(Layout is MigrationLayout.Versioned ? all.Append(given) : ["ordinal"]);
        return all.Where(n => order.CompareVersions(VersionedName.VersionOf(n), given) == 0).ToList() is [var only] ? only : null;
    }
}
