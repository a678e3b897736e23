using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Sluice.Postgres.Migrations;
using Sluice.Sql.Lexing;
using Sluice.Text;

namespace Sluice.Postgres.Verifying;

/// <summary>A statement of a migration that is about rows, not about tables.</summary>
/// <param name="Text">Its first line.</param>
public sealed record DataStatement(string Migration, string Path, int Line, string Text);

/// <summary>Finds what a catalog cannot bring back: statements that write rows, or may.</summary>
internal static partial class DataStatements
{
    private const int Widest = 80;

    public static ImmutableArray<DataStatement> In(MigrationFile migration)
    {
        var script = migration.Script;
        var source = new SourceText(migration.Path, script);
        return
        [
            .. StatementSplitter.Split(script)
                .Where(s => IsAboutRows(s.Keywords.Count > 0 ? s.Keywords[0] : "", s.Text(script)))
                .Select(s => new DataStatement(migration.Name, migration.Path, source.Position(s.Span.Start).Line, Shorten(s.Text(script)))),
        ];
    }

    private static bool IsAboutRows(string verb, string text) => verb switch
    {
        "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "COPY" or "TRUNCATE" or "CALL" or "SELECT" => true,
        "WITH" or "DO" => Writing().IsMatch(text),
        "CREATE" => FilledTable().IsMatch(text),
        _ => false,
    };

    private static string Shorten(string text)
    {
        var line = text.AsSpan();
        line = line.IndexOfAny('\r', '\n') is >= 0 and var end ? line[..end] : line;
        return line.Length > Widest ? $"{line[..Widest]}…" : line.ToString();
    }

    // What a block of code does nobody knows without running it; these words in it are reason enough to ask.
    [GeneratedRegex(@"\b(INSERT|UPDATE|DELETE|MERGE|COPY|TRUNCATE|CALL|PERFORM)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Writing();

    [GeneratedRegex(@"^CREATE\s+(UNLOGGED\s+)?TABLE\s[^(]*\bAS\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FilledTable();
}
