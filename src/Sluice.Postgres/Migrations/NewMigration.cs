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

    private static void WriteLockFile(string folder)
    {
        var path = Path.Combine(folder, LockFile.Name);
        if (!File.Exists(path))
        {
            File.WriteAllText(path, LockFile.Text, new UTF8Encoding(false));
        }
    }
}
