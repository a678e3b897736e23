using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;

namespace Sluice.Postgres.Importing;

/// <summary>One migration of another tool's, as its files say it.</summary>
/// <param name="Version">As the tool compares it: numbers separated by dots. Null for Flyway's repeatable ones.</param>
/// <param name="Source">The file.</param>
internal sealed record ForeignFile(string? Version, string Description, string Up, string? Down, string Source);

/// <summary>Reads the folders of other tools.</summary>
internal static partial class ForeignFiles
{
    /// <exception cref="ProblemException">SL5055: files that are not understood, all of them at once.</exception>
    public static ImmutableArray<ForeignFile> Read(ForeignTool tool, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new ProblemException(new Problem("SL5055", $"There is no folder {folder}.") { Remedies = [$"Name the one with {ForeignTools.NameOf(tool)}'s files: sluice migrate import --from {ForeignTools.NameOf(tool)} DIR"] });
        }

        var files = Directory.GetFiles(folder, "*.sql").Order(StringComparer.Ordinal).ToList();
        var problems = new List<string>();
        ImmutableArray<ForeignFile> read = tool switch
        {
            ForeignTool.GolangMigrate => [.. Pairs(files, Golang(), problems)],
            ForeignTool.Dbmate => [.. files.Select(f => Dbmate(f, problems)).OfType<ForeignFile>()],
            ForeignTool.Flyway => [.. Flyway(files, problems)],
            ForeignTool.EfCore => [],
            _ => throw new UnreachableException(),
        };
        if (files.Count == 0)
        {
            problems.Add("there is no .sql file");
        }

        return problems.Count == 0 ? read : throw NotUnderstood(tool, folder, problems);
    }

    /// <summary>The parts of a version, for comparing: 1.10 comes after 1.9.</summary>
    public static ImmutableArray<string> Parts(string version) => [.. version.Split('.', '_').Select(p => p.TrimStart('0')).Select(p => p.Length == 0 ? "0" : p)];

    public static ProblemException NotUnderstood(ForeignTool tool, string folder, IReadOnlyList<string> problems)
    {
        const int Most = 10;
        return new ProblemException(new Problem(
            "SL5055",
            $"The files of {ForeignTools.NameOf(tool)} in {folder} cannot be taken over as they are:\n"
            + string.Join('\n', problems.Take(Most).Select(p => "  " + p))
            + (problems.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"\n  … and {problems.Count - Most} more") : ""))
        {
            Remedies = ["Correct or move what is named, and run this command again.", "Or take over the database without the files: sluice migrate baseline"],
        });
    }

    private static string TextOf(string path) => ScriptText.Decode(File.ReadAllBytes(path), path);

    private static IEnumerable<ForeignFile> Pairs(List<string> files, Regex form, List<string> problems)
    {
        var named = files.Select(f => (File: f, Match: form.Match(Path.GetFileName(f)))).ToList();
        problems.AddRange(named.Where(n => !n.Match.Success).Select(n => $"{Path.GetFileName(n.File)}: the name is none of that tool's"));
        foreach (var pair in named.Where(n => n.Match.Success).GroupBy(n => string.Join('.', Parts(n.Match.Groups["version"].Value)), StringComparer.Ordinal))
        {
            var ups = pair.Where(n => n.Match.Groups["direction"].Value == "up").ToList();
            var downs = pair.Where(n => n.Match.Groups["direction"].Value == "down").ToList();
            if (ups.Count != 1 || downs.Count > 1)
            {
                problems.Add($"{Path.GetFileName(pair.First().File)}: version {pair.Key} has {ups.Count} up and {downs.Count} down files");
                continue;
            }

            yield return new ForeignFile(
                ups[0].Match.Groups["version"].Value, ups[0].Match.Groups["description"].Value, TextOf(ups[0].File), downs is [var down] ? TextOf(down.File) : null, ups[0].File);
        }
    }

    // One file, cut by two comments; what stands before the first one is read over.
    private static ForeignFile? Dbmate(string file, List<string> problems)
    {
        var name = Dbmate().Match(Path.GetFileName(file));
        if (!name.Success)
        {
            problems.Add($"{Path.GetFileName(file)}: the name is none of that tool's");
            return null;
        }

        var (up, down) = (new StringBuilder(), new StringBuilder());
        StringBuilder? current = null;
        var text = TextOf(file);
        foreach (var line in text.Split('\n'))
        {
            if (DbmateMark().Match(line) is { Success: true } mark)
            {
                current = mark.Groups["direction"].Value == "up" ? up : down;
            }
            else
            {
                current?.Append(line).Append('\n');
            }
        }

        if (up.Length == 0)
        {
            problems.Add($"{Path.GetFileName(file)}: it has no line `-- migrate:up`, or nothing after it");
            return null;
        }

        return new ForeignFile(name.Groups["version"].Value, name.Groups["description"].Value, Trim(up), Trim(down) is { Length: > 1 } undo ? undo : null, file);
    }

    private static string Trim(StringBuilder script) => script.ToString().Trim() + "\n";

    private static List<ForeignFile> Flyway(List<string> files, List<string> problems)
    {
        var named = files.Select(f => (File: f, Match: FlywayName().Match(Path.GetFileName(f)))).ToList();
        problems.AddRange(named.Where(n => !n.Match.Success).Select(n => $"{Path.GetFileName(n.File)}: the name is none of that tool's"));
        problems.AddRange(files.Where(f => TextOf(f).Contains("${", StringComparison.Ordinal)).Select(f => $"{Path.GetFileName(f)}: it holds a placeholder (${{…}}), which Flyway fills in; write the value"));
        string VersionOf(Match match) => string.Join('.', Parts(match.Groups["version"].Value));
        var matched = named.Where(n => n.Match.Success).ToList();
        var undos = matched.Where(n => n.Match.Groups["kind"].Value == "U").ToLookup(n => VersionOf(n.Match), n => n.File, StringComparer.Ordinal);
        var versioned = matched.Where(n => n.Match.Groups["kind"].Value == "V").ToList();
        problems.AddRange(versioned.GroupBy(v => VersionOf(v.Match), StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => $"{string.Join(" and ", g.Select(v => Path.GetFileName(v.File)))}: the same version"));
        problems.AddRange(matched.Where(n => n.Match.Groups["kind"].Value == "B").Select(n => $"{Path.GetFileName(n.File)}: a baseline script stands for other scripts; move it away"));
        return
        [
            .. versioned.Select(v => new ForeignFile(
                VersionOf(v.Match), Word(v.Match), TextOf(v.File), undos[VersionOf(v.Match)].FirstOrDefault() is { } undo ? TextOf(undo) : null, v.File)),
            .. matched.Where(n => n.Match.Groups["kind"].Value == "R").Select(r => new ForeignFile(null, Word(r.Match), TextOf(r.File), null, r.File)),
        ];
    }

    private static string Word(Match match) => match.Groups["description"].Value;

    [GeneratedRegex(@"^(?<version>\d+)_(?<description>.+)\.(?<direction>up|down)\.sql\z", RegexOptions.CultureInvariant)]
    private static partial Regex Golang();

    [GeneratedRegex(@"^(?<version>\d+)_(?<description>.+)\.sql\z", RegexOptions.CultureInvariant)]
    private static partial Regex Dbmate();

    [GeneratedRegex(@"^--\s*migrate:(?<direction>up|down)\b", RegexOptions.CultureInvariant)]
    private static partial Regex DbmateMark();

    [GeneratedRegex(@"^(?:(?<kind>[VUB])(?<version>\d+(?:[._]\d+)*)|(?<kind>R))__(?<description>.+)\.sql\z", RegexOptions.CultureInvariant)]
    private static partial Regex FlywayName();
}
