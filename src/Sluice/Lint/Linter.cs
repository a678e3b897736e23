using System.Collections.Immutable;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Lint.Statements;
using Sluice.Sql.Lexing;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Lint;

/// <summary>Scripts to findings: each statement is read, its effect predicted, every rule asked, and then it is taken as done.</summary>
public static class Linter
{
    public static LintReport Run(LintInput input)
    {
        var known = new KnownSchema { IsUtc = input.Facts.IsUtc };
        foreach (var script in input.History)
        {
            foreach (var statement in StatementSplitter.Split(script))
            {
                known.Apply(StatementReader.Read(statement.Text(script), statement.Transaction, known.IsTemporary));
            }

            known.EndSession();
        }

        known.Settle();
        known.IsUtc = input.Facts.IsUtc;
        var (findings, suppressed, statements) = (ImmutableArray.CreateBuilder<Finding>(), 0, 0);
        foreach (var script in input.Scripts)
        {
            var hits = Read(script, known, input.Facts, ref statements);
            var allowed = new Suppressions(script, input.Today);
            var found = new List<Finding>();
            foreach (var (rule, hit, prediction, span) in hits.Where(h => h.Hit.Unless?.Invoke(known) is not true))
            {
                var level = hit.Level ?? rule.Level;
                if (rule.GrowsWithSize && hit.Table is { } table && IsSmall(table, input.Facts))
                {
                    level = Level.Advice;
                }

                if (input.Policy.Judge(rule, level) is not { } verdict)
                {
                    continue;
                }

                if (allowed.Allows(rule.Id, span))
                {
                    suppressed++;
                    continue;
                }

                found.Add(new Finding(rule, verdict.Level, script, span, hit.Message, Effect(hit.Table, prediction), hit.Safe ?? rule.Instead, verdict.Blocks));
            }

            found.AddRange(allowed.Faults().Select(f => new Finding(f.Rule, Level.Warning, script, f.Span, f.Message, "", f.Rule.Instead, false)));
            findings.AddRange(found.OrderBy(f => f.Span.Start));
            known.EndSession();
            known.IsUtc = input.Facts.IsUtc;
            if (!input.Together)
            {
                known.Settle();
            }
        }

        findings.AddRange(SameVersions(input));
        return new LintReport(findings.ToImmutable(), suppressed, statements);
    }

    private static List<(Rule Rule, Hit Hit, Prediction Prediction, TextSpan Span)> Read(SourceText script, KnownSchema known, LintFacts facts, ref int count)
    {
        var hits = new List<(Rule, Hit, Prediction, TextSpan)>();
        var cut = Segmentation.Of(script.Text);
        var soFar = new ScriptSoFar();
        foreach (var segment in cut.Segments)
        {
            var transaction = new TransactionSoFar();
            for (var i = segment.First; i < segment.End; i++)
            {
                var statement = cut.Statements[i];
                var text = statement.Text(script.Text);
                var read = StatementReader.Read(text, statement.Transaction, known.IsTemporary);
                var scene = new Scene(read, Predictor.Predict(read, known), text, known, segment, transaction, soFar, facts) { IsLeftOpen = cut.LeftOpen == i, IsFirst = i == 0, IsLastSegment = segment.End == cut.Statements.Length };
                foreach (var rule in RuleBook.All)
                {
                    foreach (var hit in rule.Check(scene))
                    {
                        if (hit.Table is null || !scene.IsNew(hit.Table))
                        {
                            hits.Add((rule, hit, scene.Prediction, statement.Span));
                        }
                    }
                }

                transaction.Note(scene);
                soFar.Note(scene);
                known.Apply(read);
                count++;
            }
        }

        return hits;
    }

    // H12: it is about files, not statements.
    private static IEnumerable<Finding> SameVersions(LintInput input)
    {
        var rule = RuleBook.Find("H12")!;
        return input.Policy.Judge(rule, rule.Level) is not { } verdict ? [] : input.Scripts
            .Select(s => (Script: s, Version: Version(s.Path)))
            .Where(s => s.Version.Length > 0)
            .GroupBy(s => s.Version, StringComparer.Ordinal)
            .SelectMany(same => same.Skip(1).Select(s => new Finding(
                rule, verdict.Level, s.Script, new TextSpan(0, 0), $"{s.Script.Path} has the version of {same.First().Script.Path}.", "", rule.Instead, verdict.Blocks)));
    }

    // The number that the file's name or, for `migration.sql`, the folder's begins with; 007 is 7.
    private static string Version(string path)
    {
        var parts = path.Split('/', '\\');
        var name = parts is [.., var folder, "migration.sql"] ? folder : parts[^1];
        return name.EndsWith(".down.sql", StringComparison.Ordinal) ? "" : string.Concat(name.TakeWhile(char.IsAsciiDigit)).TrimStart('0');
    }

    private static bool IsSmall(string table, LintFacts facts) =>
        facts.Sizes.TryGetValue(table, out var size) && size.Bytes < facts.SmallBytes && size.Rows < facts.SmallRows;

    private static string Effect(string? table, Prediction prediction)
    {
        if (table is null || prediction.LockOn(table) is Plan.LockLevel.None)
        {
            return "";
        }

        var work = prediction.Rewriting(table) ? ", while every row is written anew" : prediction.Scanning(table) ? ", while every row is read" : ", for a moment";
        return $"{prediction.LockOn(table)} on {table}{work}";
    }
}
