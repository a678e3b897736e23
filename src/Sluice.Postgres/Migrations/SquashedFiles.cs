using System.Collections.Immutable;
using System.Text;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>
/// Puts a squash in the place of the migrations it stands for. Killed before its file is there, nothing has happened;
/// killed after, <see cref="Finish"/> takes the others away, of which copies lie in the backup by then.
/// </summary>
public static class SquashedFiles
{
    /// <param name="backup">A folder for copies of what is replaced; made anew.</param>
    /// <exception cref="ProblemException">SL5002: there is a migration of that name.</exception>
    public static MigrationFile Replace(MigrationFolder folder, ImmutableArray<MigrationFile> replaced, string name, string script, string backup)
    {
        Copy(folder, replaced, backup);
        var created = folder.Layout is MigrationLayout.Versioned
            ? CreateFile(folder.Path, name, script)
            : NewMigration.Create(folder.Path, name, script);
        foreach (var migration in replaced)
        {
            Remove(folder, migration.Name);
        }

        return created;
    }

    /// <summary>Brings an interrupted squash to its end; its name, or null where there is none.</summary>
    public static string? Finish(string path)
    {
        if (!Directory.Exists(path))
        {
            return null;
        }

        var folders = Directory.GetDirectories(path)
            .Select(d => (Name: Path.GetFileName(d), Script: Path.Combine(d, MigrationFile.FileName)))
            .Where(d => !d.Name.StartsWith('.') && File.Exists(d.Script));
        var files = Directory.GetFiles(path, "*.up.sql").Select(f => (Name: VersionedName.Read(Path.GetFileName(f))?.Migration, Script: f));
        ImmutableArray<MigrationFile> migrations =
        [
            .. folders.Concat(files.Where(f => f.Name is not null).Select(f => (f.Name!, f.Script)))
                .Select(m => new MigrationFile(m.Item1, m.Script, [.. File.ReadAllBytes(m.Script)])),
        ];

        // Killed between hiding one and deleting it.
        foreach (var hidden in migrations.SelectMany(m => m.Replaces).Select(r => Hidden(path, r.Name)).Where(Directory.Exists))
        {
            Directory.Delete(hidden, recursive: true);
        }

        if (UnfinishedSquash.Find(migrations, []) is not var (squash, left))
        {
            return null;
        }

        var layout = Path.GetFileName(squash.Path) == MigrationFile.FileName ? MigrationLayout.Folder : MigrationLayout.Versioned;
        foreach (var name in squash.Replaces.Select(r => r.Name).Where(left.Contains))
        {
            Remove(new MigrationFolder(path, [], [], null) { Layout = layout }, name);
        }

        return squash.Name;
    }

    private static MigrationFile CreateFile(string folder, string name, string script)
    {
        var target = Path.Combine(folder, name + ".up.sql");
        if (File.Exists(target))
        {
            throw new ProblemException(new Problem("SL5002", $"There is a migration `{name}` already; nothing was written."));
        }

        var bytes = Encoding.UTF8.GetBytes(script);
        var draft = Hidden(folder, name);
        File.WriteAllBytes(draft, bytes);
        File.Move(draft, target);
        return new MigrationFile(name, target, [.. bytes]);
    }

    private static void Copy(MigrationFolder folder, ImmutableArray<MigrationFile> replaced, string backup)
    {
        if (Directory.Exists(backup))
        {
            Directory.Delete(backup, recursive: true);
        }

        foreach (var file in replaced.SelectMany(m => FilesOf(folder, m.Name)))
        {
            var target = Path.Combine(backup, Path.GetRelativePath(folder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static string[] FilesOf(MigrationFolder folder, string name) => folder.Layout is MigrationLayout.Versioned
        ? Directory.GetFiles(folder.Path, name + ".*").Where(f => Path.GetFileName(f)[name.Length..] is ".up.sql" or ".down.sql" or ".down.proof").Order(StringComparer.Ordinal).ToArray()
        : Directory.GetFiles(Path.Combine(folder.Path, name), "*", SearchOption.AllDirectories);

    private static void Remove(MigrationFolder folder, string name)
    {
        if (folder.Layout is MigrationLayout.Versioned)
        {
            // The up script last (`.down…` sorts before it): without it nobody would know what the rest belongs to.
            foreach (var file in FilesOf(folder, name))
            {
                File.Delete(file);
            }

            return;
        }

        // Hidden first, so that there never is half a migration.
        var hidden = Hidden(folder.Path, name);
        Directory.Move(Path.Combine(folder.Path, name), hidden);
        Directory.Delete(hidden, recursive: true);
    }

    private static string Hidden(string folder, string name) => Path.Combine(folder, $".{name}.draft");
}
