using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Migrations;

/// <summary>Reads a folder of `.up.sql` and `.down.sql` files.</summary>
internal static class VersionedFolder
{
    private const int MostNamed = 10;

    /// <summary>The SQL files that make a folder a versioned one; empty for the other layout.</summary>
    public static ImmutableArray<string> FilesOf(string path)
    {
        ImmutableArray<string> files =
        [
            .. Directory.EnumerateFiles(path)
                .Select(f => Path.GetFileName(f))
                .Where(f => f.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && !f.StartsWith('.'))
                .Order(StringComparer.Ordinal),
        ];

        // A stray script beside migration folders is nobody's migration; a numbered one was meant to be.
        return files.Any(f => IsDirected(f) || char.IsAsciiDigit(f[0])) ? files : [];
    }

    public static bool IsDirected(string file) =>
        file.EndsWith(".up.sql", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".down.sql", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ProblemException">SL5021: files whose names or partners are wrong, all of them at once.</exception>
    public static MigrationFolder Read(string path, ImmutableArray<string> files)
    {
        var problems = new List<(string What, string Remedy)>();
        var named = new List<(string File, VersionedName Name)>();
        foreach (var file in files)
        {
            if (VersionedName.Read(file) is { } name)
            {
                named.Add((file, name));
            }
            else
            {
                problems.Add((
                    $"{Path.Combine(path, file)}: the name does not say which migration it is.",
                    $"Name it {VersionedName.Pattern}, or move it out of the folder: {Path.Combine(path, file)}"));
            }
        }

        var ups = named.Where(n => n.Name.IsUp).ToList();
        var order = new VersionOrder(ups.Select(u => u.Name.Migration));
        ups.Sort((a, b) => order.Compare(a.Name.Migration, b.Name.Migration));
        FindTwins(path, ups, order, problems);
        var downs = named.Where(n => !n.Name.IsUp).ToDictionary(n => n.Name.Migration, n => n.File, StringComparer.Ordinal);
        FindLonelyDowns(path, downs, ups, problems);
        if (problems.Count > 0)
        {
            // A squash bears the version of the last one it stands for, which is deleted last.
            UnfinishedSquash.Refuse(path, [.. ups.Select(u => Load(path, u.File, u.Name, downs))]);
            throw new ProblemException(new Problem("SL5021", Describe(path, problems))
            {
                Remedies = [.. problems.Take(MostNamed).Select(p => p.Remedy)],
            });
        }

        return new MigrationFolder(path, [.. ups.Select(u => Load(path, u.File, u.Name, downs))], [], null)
        {
            Layout = MigrationLayout.Versioned,
        };
    }

    private static MigrationFile Load(string path, string file, VersionedName name, Dictionary<string, string> downs) =>
        LoadFile(Path.Combine(path, file), name.Migration) with
        {
            Down = downs.TryGetValue(name.Migration, out var down) ? LoadFile(Path.Combine(path, down), name.Migration) : null,
        };

    private static MigrationFile LoadFile(string path, string migration) =>
        new(migration, path, ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(path)));

    private static void FindTwins(string path, List<(string File, VersionedName Name)> ups, VersionOrder order, List<(string What, string Remedy)> problems)
    {
        for (var i = 1; i < ups.Count; i++)
        {
            var (first, second) = (ups[i - 1], ups[i]);
            if (order.CompareVersions(first.Name.Version, second.Name.Version) == 0)
            {
                problems.Add((
                    $"{Path.Combine(path, second.File)}: has the same version as {first.File}.",
                    $"Give one of them a version of its own: {first.File} or {second.File}"));
            }
        }
    }

    private static void FindLonelyDowns(
        string path,
        Dictionary<string, string> downs,
        List<(string File, VersionedName Name)> ups,
        List<(string What, string Remedy)> problems)
    {
        var migrations = ups.Select(u => u.Name.Migration).ToHashSet(StringComparer.Ordinal);
        foreach (var (migration, file) in downs.Where(d => !migrations.Contains(d.Key)).OrderBy(d => d.Key, StringComparer.Ordinal))
        {
            var sameVersion = ups.Find(u => u.Name.Version == VersionedName.VersionOf(migration));
            problems.Add((
                $"{Path.Combine(path, file)}: there is no {migration}.up.sql beside it.",
                sameVersion.File is null
                    ? $"Restore {migration}.up.sql, for example from version control, or delete {file}."
                    : $"Name both halves alike: {sameVersion.File} and {sameVersion.Name.Migration}.down.sql"));
        }
    }

    private static string Describe(string path, List<(string What, string Remedy)> problems) =>
        $"The migrations in {path} cannot be told apart:\n"
        + string.Join('\n', problems.Take(MostNamed).Select(p => "  " + p.What))
        + (problems.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $"\n  … and {problems.Count - MostNamed} more") : "");
}
