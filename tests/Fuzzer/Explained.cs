using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Fuzzer;

/// <summary>
/// Where Sluice differs on purpose, because what the engine writes is no SQL, fails or loses something.
/// Each rule rewrites the engine's script to ours. tests/Cases/conformance-fuzz.md tells the reasons.
/// </summary>
internal static partial class Explained
{
    /// <summary>The engine's script with everything put right that is known to be wrong in it.</summary>
    public static string PutRight(string expected, string got)
    {
        var right = expected;
        foreach (var rule in (Func<string, string, string>[])[EnumLabels, SequenceNames, NewTablesOfAnEnum, RenamesApart])
        {
            right = rule(right, got);
        }

        return right;
    }

    /// <summary>The name of the schema that the offline engine leaves out.</summary>
    public static string WithoutPublic(string script) => script.Replace("\"public\".", "", StringComparison.Ordinal);

    // A quote inside a label ends the literal too early.
    private static string EnumLabels(string expected, string got) => got.Contains("''", StringComparison.Ordinal) && Unquoted(expected) == Unquoted(got) ? got : expected;

    private static string Unquoted(string script) => script.Replace("''", "'", StringComparison.Ordinal);

    // `DROP SEQUENCE "";` names nothing.
    private static string SequenceNames(string expected, string got)
    {
        var names = new Queue<string>(DroppedSequence().Matches(got).Select(m => m.Value));
        return NamelessSequence().Replace(expected, m => names.TryDequeue(out var name) ? name : m.Value);
    }

    // An enum is replaced before the tables are created: their columns cannot be altered there.
    private static string NewTablesOfAnEnum(string expected, string got)
    {
        var created = CreatedTable().Matches(expected).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var inEnum = false;
        var result = new StringBuilder();
        foreach (var line in expected.Split('\n'))
        {
            inEnum = (inEnum || line == "-- AlterEnum") && line != "COMMIT;";
            if (!(inEnum && AlteredTable().Match(line) is { Success: true } altered && created.Contains(altered.Groups[1].Value)))
            {
                result.Append(line).Append('\n');
            }
        }

        return result.ToString()[..^1];
    }

    // RENAME CONSTRAINT stands alone in PostgreSQL.
    private static string RenamesApart(string expected, string got) =>
        RenameFirst().Replace(expected, m => $"{m.Groups[1].Value}{m.Groups[2].Value};\n{m.Groups[1].Value}");

    [GeneratedRegex("""DROP SEQUENCE (?:"[^"]*"\.)?"[^"]+";""")]
    private static partial Regex DroppedSequence();

    [GeneratedRegex("""DROP SEQUENCE "";""")]
    private static partial Regex NamelessSequence();

    [GeneratedRegex("""^CREATE TABLE (\S+(?: \S+)*) \($""", RegexOptions.Multiline)]
    private static partial Regex CreatedTable();

    [GeneratedRegex("""^ALTER TABLE (.+?) ALTER COLUMN """)]
    private static partial Regex AlteredTable();

    [GeneratedRegex("""^(ALTER TABLE .+? )(RENAME CONSTRAINT ".+?" TO ".+?"),\n""", RegexOptions.Multiline)]
    private static partial Regex RenameFirst();
}
