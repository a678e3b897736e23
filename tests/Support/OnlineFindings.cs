using Sluice.Catalog;
using Sluice.Lint;
using Sluice.Lint.Rules;
using Sluice.Text;

namespace Sluice.Tests.Support;

/// <summary>What the linter finds in a migration in online forms, beyond what that migration names itself.</summary>
public static class OnlineFindings
{
    // What a change of the schema means for rows and applications is asked for, whatever its form: rows that go, duplicates that fail a unique index, a cascade without an index.
    // A partition of other bounds goes and comes in one transaction, so that its rows are never missing.
    private static readonly string[] AboutTheChange = ["D01", "D02", "D06", "D07", "D08", "D10", "K01", "K02", "K03", "K07", "I06", "C13", "P02"];

    public static IReadOnlyList<string> Of(Database before, Database after)
    {
        var online = Migration.OnlineFile(before, after);
        return In(online.Script, before, online.Offline);
    }

    public static IReadOnlyList<string> In(string script, Database before, IEnumerable<string> named)
    {
        var start = Migration.Script(Database.Empty with { DefaultSchema = before.DefaultSchema, SeesObjects = before.SeesObjects }, before);
        var report = Linter.Run(new LintInput([new SourceText("migration.sql", script)], [start], new DateOnly(2026, 11, 21)));
        var offline = named.ToList();
        return
        [
            .. report.Findings.Where(f => f.Level > Level.Advice && !AboutTheChange.Contains(f.Rule.Id) && !IsNamed(f) && !IsTogether(f))
                .Select(f => $"{f.Level} {f.Rule.Id}: {f.Message}\n{script.Substring(f.Span.Start, f.Span.Length)}\n=== of\n{script}"),
        ];

        // What makes way and comes again is locked together, which is said once: half of it would be missing otherwise.
        bool IsTogether(Finding finding) => finding.Rule.Id is "T03" or "T04" or "I02"
            && (script[finding.Span.Start..].StartsWith("DROP VIEW", StringComparison.Ordinal) || offline.Exists(o => o.Contains("still is, in one transaction", StringComparison.Ordinal)));

        bool IsNamed(Finding finding)
        {
            var statement = string.Join(' ', script.Substring(finding.Span.Start, finding.Span.Length).Split((char[])['\n', '\r', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
            return offline.Exists(o => o.EndsWith(statement.Length > 160 ? statement[..160] + " …" : statement, StringComparison.Ordinal));
        }
    }
}
