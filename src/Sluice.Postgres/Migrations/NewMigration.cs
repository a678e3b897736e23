using System.Globalization;
using System.Numerics;
using System.Text;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>Writes a migration into a folder.</summary>
public static class NewMigration
{
    /// <summary>`yyyymmddhhmmss_title`, made to sort after every name in <paramref name="existing"/>: a clock that runs behind must not change the order.</summary>
    /// <exception cref="ProblemException">P3010: longer than 200 bytes.</exception>
    public static string NameFor(string title, TimeProvider clock, IEnumerable<string> existing)
    {
        var now = clock.GetUtcNow();
        var last = existing.Select(MigrationName.Time).Max();
        return MigrationName.For(title, last >= now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)) ? last.Value.AddSeconds(1) : now);
    }

    /// <summary>The name of the next migration in the folder's own way: a time, or the number after the last. Null where its versions are no numbers.</summary>
    internal static string? NameIn(MigrationFolder folder, string title, TimeProvider clock)
    {
        const int DigitsOfATime = 14;
        var last = folder is { Layout: MigrationLayout.Versioned, Migrations: [.., var file] } ? VersionedName.VersionOf(file.Name) : null;
        return last is null || (last.Length == DigitsOfATime && last.All(char.IsAsciiDigit)) ? NameFor(title, clock, folder.Names)
            : BigInteger.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (number + 1).ToString(CultureInfo.InvariantCulture).PadLeft(last.Length, '0') + "_" + VersionedName.DescriptionOf(NameFor(title, clock, []))
                : null;
    }

    /// <summary>Writes a migration in the layout of the folder.</summary>
    /// <param name="down">Its way back; null for none.</param>
    /// <exception cref="ProblemException">SL5002: there is a migration of that name.</exception>
    internal static MigrationFile CreateIn(MigrationFolder folder, string name, string script, string? down)
    {
        var isVersioned = folder.Layout is MigrationLayout.Versioned;
        var created = isVersioned ? CreateFiles(folder.Path, name, script, down)
            : down is null ? Create(folder.Path, name, script)
            : Create(folder.Path, name, script, (MigrationFile.DownFileName, down));
        return down is null ? created : created with
        {
            Down = new MigrationFile(
                name,
                isVersioned ? Path.Combine(folder.Path, name + ".down.sql") : Path.Combine(Path.GetDirectoryName(created.Path)!, MigrationFile.DownFileName),
                [.. Encoding.UTF8.GetBytes(down)]),
        };
    }

    /// <summary>Writes `folder/name/migration.sql` and, where missing, `migration_lock.toml`; whole or not at all, never over something that exists.</summary>
    /// <param name="beside">Further files of the migration: its way back.</param>
    /// <exception cref="ProblemException">SL5002: there is a migration of that name.</exception>
    public static MigrationFile Create(string folder, string name, string script, params ReadOnlySpan<(string Name, string Text)> beside)
    {
        var target = Path.Combine(folder, name);
        if (Path.Exists(target))
        {
            throw new ProblemException(new Problem("SL5002", $"There is a migration `{name}` already; nothing was written."));
        }

        // Written aside and then renamed: a crash in between leaves a hidden draft, which nobody reads, and never half a migration.
        var bytes = Encoding.UTF8.GetBytes(script);
        var draft = Path.Combine(folder, $".{name}.draft");
        Directory.CreateDirectory(draft);
        File.WriteAllBytes(Path.Combine(draft, MigrationFile.FileName), bytes);
        foreach (var (file, text) in beside)
        {
            File.WriteAllText(Path.Combine(draft, file), text, new UTF8Encoding(false));
        }

        WriteLockFile(folder);
        Directory.Move(draft, target);
        return new MigrationFile(name, Path.Combine(target, MigrationFile.FileName), [.. bytes]);
    }

    /// <summary>Removes a migration that was created a moment ago, if nobody has added to it or changed it.</summary>
    public static void TakeBack(MigrationFile created)
    {
        if (Path.GetFileName(created.Path) != MigrationFile.FileName)
        {
            foreach (var file in new[] { created.Down, created }.OfType<MigrationFile>().Where(f => File.Exists(f.Path) && File.ReadAllBytes(f.Path).AsSpan().SequenceEqual(f.Bytes.AsSpan())))
            {
                File.Delete(file.Path);
            }

            return;
        }

        var target = Path.GetDirectoryName(created.Path)!;
        string[] ours = [MigrationFile.FileName, MigrationFile.DownFileName];
        if (Path.GetFileName(target) != created.Name
            || !File.Exists(created.Path)
            || !File.ReadAllBytes(created.Path).AsSpan().SequenceEqual(created.Bytes.AsSpan())
            || Directory.EnumerateFileSystemEntries(target).Any(e => !ours.Contains(Path.GetFileName(e))))
        {
            return;
        }

        var draft = Path.Combine(Path.GetDirectoryName(target)!, $".{created.Name}.draft");
        Directory.Move(target, draft);
        Directory.Delete(draft, recursive: true);
    }

    // The script first, whole or not at all: a way back without it would be refused by every command.
    private static MigrationFile CreateFiles(string folder, string name, string script, string? down)
    {
        var target = Path.Combine(folder, name + ".up.sql");
        if (Path.Exists(target))
        {
            throw new ProblemException(new Problem("SL5002", $"There is a migration `{name}` already; nothing was written."));
        }

        var bytes = Encoding.UTF8.GetBytes(script);
        var draft = Path.Combine(folder, $".{name}.draft");
        File.WriteAllBytes(draft, bytes);
        File.Move(draft, target);
        if (down is not null)
        {
            File.WriteAllText(Path.Combine(folder, name + ".down.sql"), down, new UTF8Encoding(false));
        }

        return new MigrationFile(name, target, [.. bytes]);
    }

    private static void WriteLockFile(string folder)
    {
        var path = Path.Combine(folder, LockFile.Name);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, LockFile.Text, new UTF8Encoding(false));
        }
    }
}
