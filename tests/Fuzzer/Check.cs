using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Diagnostics;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Tests.Support;
using Sluice.Text;

namespace Sluice.Fuzzer;

/// <param name="Family">Coarse: what must stay while an example is made smaller.</param>
/// <param name="Kind">The same for every disagreement that is likely to have the same cause.</param>
internal sealed record Disagreement(string Family, string Kind, string Expected, string Got)
{
    /// <summary>Kinds of complaint that play a part in it; a smaller example must not bring in others.</summary>
    public IReadOnlySet<string> Complaints { get; init; } = new HashSet<string>();
}

/// <summary>One question put to both. Null from <see cref="Oracle"/> means it crashed, which proves nothing.</summary>
internal static partial class Check
{
    public static Disagreement? Verdict(Oracle oracle, string schema)
    {
        // Without a url a schema is one of 7.x, which this engine does not read.
        if (oracle.Lint(schema) is not { } expected || expected.Any(e => e.Text.StartsWith("Argument \"url\" is missing", StringComparison.Ordinal)))
        {
            return null;
        }

        return Guarded(() =>
        {
            var found = Migration.Read(new SourceText("schema.prisma", schema)).Diagnostics;
            if (LintComparison.Difference(schema, expected, found) is not { } difference)
            {
                return null;
            }

            var wanted = string.Join('\n', expected.Where(e => !e.IsWarning).Select(e => Lines(schema, e) + OneLine(e.Text)));
            var got = string.Join('\n', found.Where(d => d.Severity is Severity.Error).Select(d => $"{d.Source.Position(d.Span.Start).Line}: {d.Code} {d.Message}"));
            string[] wantedKinds = [.. expected.Where(e => !e.IsWarning).Select(e => Anonymous(e.Text)).Distinct().Order(StringComparer.Ordinal)];
            string[] foundKinds = [.. found.Where(d => d.Severity is Severity.Error).Select(d => d.Code).Distinct().Order(StringComparer.Ordinal)];
            var kind = $"{string.Join(" + ", wantedKinds)} | {string.Join(" + ", foundKinds)}";
            var family = (expected.Any(e => !e.IsWarning), found.Any(d => d.Severity is Severity.Error)) switch
            {
                (true, false) => "accepted here",
                (false, true) => "refused here",
                _ => "other errors",
            };
            return new Disagreement(family, kind, wanted, got + "\n" + difference) { Complaints = wantedKinds.Concat(foundKinds).ToHashSet() };
        });
    }

    public static Disagreement? Sql(Oracle oracle, string? from, string to) => oracle.Diff(from, to) is not { } expected
        ? null
        : Guarded(() => SameSql(expected, Script(from, to)));

    public static Disagreement? SameSql(string expected, string got)
    {
        var (theirs, ours) = (Explained.WithoutPublic(expected), Explained.WithoutPublic(got));
        return Compare(Explained.PutRight(theirs, ours), ours, Anonymous);
    }

    /// <summary>Some texts rest only after the engine's second run, some never do; formatting here is done in one.</summary>
    public static Disagreement? Format(Oracle oracle, string schema) => oracle.Format(schema) is not { } once || oracle.Format(once) is not { } expected
        ? null
        : Guarded(() =>
        {
            var got = Formatted(schema);
            var difference = Conformance.SameText(once, got) ? null : Compare(expected, got, Shape);
            return difference ?? Compare(got, Formatted(got), l => "not stable: " + Shape(l));
        });

    private static string Formatted(string schema) => Migration.Format(new SourceText("schema.prisma", schema))[0].Text;

    public static Database Catalog(string? schema) => schema is null
        ? Database.Empty
        : CatalogBuilder.Build(Migration.Read(new SourceText("schema.prisma", schema)).Value);

    public static string Script(string? from, string to) => Migration.Script(Catalog(from), Catalog(to));

    // A crash of ours is a finding like any other, and has to be shrunk like one.
    public static Disagreement? Guarded(Func<Disagreement?> check)
    {
        try
        {
            return check();
        }
        catch (Exception crash) when (crash is not OutOfMemoryException)
        {
            var where = crash.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Sluice.", StringComparison.Ordinal) && !l.Contains("Throw", StringComparison.Ordinal))?.Trim();
            return new("crash", $"crash {crash.GetType().Name} {where}", "", crash.ToString());
        }
    }

    public static Disagreement? Compare(string expected, string got, Func<string, string> anonymous)
    {
        if (Conformance.SameText(expected, got))
        {
            return null;
        }

        var wanted = Conformance.Normalise(expected).Split('\n');
        var found = Conformance.Normalise(got).Split('\n');
        var same = wanted.Zip(found).TakeWhile(p => p.First == p.Second).Count();
        var kind = $"{anonymous(wanted.ElementAtOrDefault(same) ?? "end")} ≠ {anonymous(found.ElementAtOrDefault(same) ?? "end")}";
        return new(found.Length == 1 && found[0].Length == 0 ? "nothing" : "text", kind, expected, got);
    }

    private static string Lines(string schema, LintEntry entry) => $"{LintComparison.Lines(schema, [entry])[0].First}: ";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    /// <summary>A message or an SQL line without the names and numbers in it.</summary>
    public static string Anonymous(string text) => Numbers().Replace(Quotes().Replace(OneLine(text), "…"), "N");

    private static string Shape(string line) => Spaces().Replace(LongWords().Replace(Anonymous(line), "w"), " ");

    [GeneratedRegex("""("[^"]*"|`[^`]*`|'[^']*'|\[[^\]]*\])""")]
    private static partial Regex Quotes();

    [GeneratedRegex(@"\w*\d+\w*")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(?<![@.\w])\w+(?!\()")]
    private static partial Regex LongWords();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
