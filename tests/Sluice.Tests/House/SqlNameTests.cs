using System.Text.RegularExpressions;
using Xunit;

namespace Sluice.Tests.House;

/// <summary>
/// The server's own functions are called by their full names: in a schema that is searched somebody may have made one of the same
/// name whose arguments fit better. Where whole queries run with the path `pg_catalog`, nobody else's can be meant.
/// </summary>
public sealed partial class SqlNameTests
{
    // Each says so in the batch that it is sent in, or in the function that it makes.
    private static readonly string[] OfTheServerAlone =
    [
        "Backup/DatabaseContents.cs", "Backup/ObjectList.Query.cs", "Doctor/HealthQueries.cs", "Doctor/Mending.cs", "Journal/JournalSchema.cs", "Monitoring/FigureQueries.cs",
        "Monitoring/FigureQueries.Counting.cs", "Online/Shape.cs", "Preflight/FactQueries.cs", "Proving/ShapeQueries.cs", "Reading/ObjectQueries.cs", "Reading/ObjectQueries.Keys.cs", "Reading/ObjectQueries.Rights.cs",
        "Reading/ObjectQueries.Routines.cs", "Reading/ObjectQueries.Tables.cs", "Reading/ObjectQueries.Types.cs", "Running/LeaseTable.cs", "Shadow/Cache/Ground.cs",
    ];

    private static readonly string Rooms = Path.Combine(Repository.Root, "src/Sluice.Postgres");

    [Fact]
    public void Functions_of_the_server_are_called_by_their_full_names()
    {
        var sources = Repository.Sources("src/Sluice.Postgres").Select(f => (Name: Path.GetRelativePath(Rooms, f).Replace('\\', '/'), Lines: File.ReadAllLines(f))).ToList();
        Assert.Empty(OfTheServerAlone.Except(sources.Select(s => s.Name)));
        var functions = sources.SelectMany(s => s.Lines).SelectMany(l => Qualified().Matches(l)).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("format", functions);

        Assert.Empty(
            from source in sources
            where !OfTheServerAlone.Contains(source.Name)
            from line in source.Lines.Index()
            where !line.Item.TrimStart().StartsWith("//", StringComparison.Ordinal) && !IsForPeople(line.Item)
            from call in Called().Matches(line.Item)
            where functions.Contains(call.Groups[1].Value)
            select $"{source.Name}:{line.Index + 1}: {call.Value}");
    }

    [Fact]
    public void Numbers_of_objects_are_compared_with_such_and_not_with_names_of_classes()
    {
        var comparisons = from file in Repository.Sources("src/Sluice.Postgres")
                          where !OfTheServerAlone.Contains(Path.GetRelativePath(Rooms, file).Replace('\\', '/'))
                          from line in File.ReadLines(file).Index()
                          from match in OfAnotherType().Matches(line.Item)
                          select $"{Repository.Relative(file)}:{line.Index + 1}: {match.Value}";
        Assert.Empty(comparisons);
    }

    // What somebody is told to type runs with the path of their own session.
    private static bool IsForPeople(string line) => line.Contains("Remedies", StringComparison.Ordinal) || line.Contains("Advice", StringComparison.Ordinal) || line.Contains("\"If it is", StringComparison.Ordinal) || line.Contains("\"Or ", StringComparison.Ordinal);

    [GeneratedRegex(@"pg_catalog\.([a-z_0-9]+)\(")]
    private static partial Regex Qualified();

    // With arguments: without any, nothing fits better than the server's own, which is looked for first.
    [GeneratedRegex(@"(?<![\w.@""$])([a-z][a-z0-9_]*)\((?!\)|\*\))")]
    private static partial Regex Called();

    // `oid = regclass` is nothing that the server has; `oid = oid` is.
    // A name and a pattern without a type are two names to the server, and of these it has no such operator either.
    [GeneratedRegex(@"\b[a-z.]*name !?~ '|(=|<>) ('[^']+'::(pg_catalog\.)?reg[a-z]+(?![\w:\[])|pg_catalog\.to_reg[a-z]+\([^()]*\)(?!::))")]
    private static partial Regex OfAnotherType();
}
