using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Lint.Known;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Lint.Statements;
using Sluice.Sql.Segments;
using Sluice.Text;

namespace Sluice.Lint;

/// <summary>Scripts to findings: each statement is read, its effect predicted, every rule asked, and then it is taken as done.</summary>
public static class Linter
{
    public static LintReport Run(LintInput input)
    {
        var known = KnownSchema.After(input.History, input.Facts.IsUtc);
        var (findings, suppressed) = (ImmutableArray.CreateBuilder<Finding>(), 0);
        var predictions = ImmutableArray.CreateBuilder<ImmutableArray<Prediction>>(input.Scripts.Length);
        foreach (var script in input.Scripts)
        {
            var (hits, told) = Read(script, known, input.Facts);
            predictions.Add(told);
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

        findings.AddRange(Versions(input));
        return new LintReport(findings.ToImmutable(), suppressed, predictions.Sum(p => p.Length)) { Predictions = predictions.ToImmutable() };
    }

    private static (List<(Rule Rule, Hit Hit, Prediction Prediction, TextSpan Span)> Hits, ImmutableArray<Prediction> Told) Read(SourceText script, KnownSchema known, LintFacts facts)
    {
        var hits = new List<(Rule, Hit, Prediction, TextSpan)>();
        var cut = Segmentation.Of(script.Text);
        var told = new Prediction[cut.Statements.Length];
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
                    // Most rules have nothing to say of most statements; to go through nothing costs more than to ask.
                    var said = rule.Check(scene);
                    if (said is Hit[] { Length: 0 })
                    {
                        continue;
                    }

                    foreach (var hit in said)
                    {
                        if (hit.Table is null || !scene.IsNew(hit.Table))
                        {
                            hits.Add((rule, hit, scene.Prediction, statement.Span));
                        }
                    }
                }

                transaction.Note(scene);
                soFar.Note(scene);
                told[i] = scene.Prediction.WithoutNew(known);
                known.Apply(read);
            }
        }

        return (hits, ImmutableCollectionsMarshal.AsImmutableArray(told));
    }

    // H12: it is about files, not statements.
    private static IEnumerable<Finding> Versions(LintInput input)
    {
        var rule = RuleBook.Find("H12")!;
        if (input.Policy.Judge(rule, rule.Level) is not { } verdict)
        {
            yield break;
        }

        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in input.Earlier)
        {
            seen.TryAdd(Version(path), path);
        }

        seen.Remove("");
        var last = seen.Keys.Max(StringComparer.Ordinal);
        foreach (var script in input.Scripts.Where(s => Version(s.Path).Length > 0))
        {
            var version = Version(script.Path);
            var message = seen.TryGetValue(version, out var same) ? $"{script.Path} has the version of {same}."
                : last is not null && string.CompareOrdinal(version, last) < 0 ? $"It comes before {seen[last]}, which is there already: a new database gets them in another order."
                : null;
            seen.TryAdd(version, script.Path);
            if (message is not null)
            {
                yield return new Finding(rule, verdict.Level, script, new TextSpan(0, 0), message, "", rule.Instead, verdict.Blocks);
            }
        }
    }

    // What migrations are in order by: the number that a file's name begins with, 007 like 7, or the folder of a `migration.sql`.
    private static string Version(string path)
    {
        const int Longest = 40;
        var parts = path.Split('/', '\\');
        if (parts is [.., var folder, "migration.sql"])
        {
            return folder;
        }

        var number = parts[^1].EndsWith(".down.sql", StringComparison.Ordinal) ? "" : string.Concat(parts[^1].TakeWhile(char.IsAsciiDigit)).TrimStart('0');
        return number.Length == 0 ? "" : number.PadLeft(Longest, '0');
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
