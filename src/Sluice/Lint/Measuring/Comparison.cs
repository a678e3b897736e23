using System.Collections.Immutable;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Lint.Statements;
using Sluice.Plan;
using Sluice.Text;

namespace Sluice.Lint.Measuring;

/// <summary>What was told of statements against what they were seen to do.</summary>
public static class Comparison
{
    /// <summary>A script's findings; what its comments allow is left out.</summary>
    /// <param name="sampled">The rows came from the live database.</param>
    public static LintReport Of(SourceText script, IReadOnlyList<MeasuredStatement> statements, LintPolicy policy, DateOnly today, bool sampled)
    {
        var allowed = new Suppressions(script, today);
        var (findings, suppressed) = (ImmutableArray.CreateBuilder<Finding>(), 0);
        foreach (var statement in statements)
        {
            foreach (var (rule, message, effect) in Judge(script, statement, sampled))
            {
                if (policy.Judge(rule, rule.Level) is not { } verdict)
                {
                    continue;
                }

                if (allowed.Allows(rule.Id, statement.Span))
                {
                    suppressed++;
                    continue;
                }

                findings.Add(new Finding(rule, verdict.Level, script, statement.Span, message, effect, rule.Instead, verdict.Blocks));
            }
        }

        return new LintReport(findings.ToImmutable(), suppressed, statements.Count);
    }

    /// <summary>What the statement did beyond what was told, in words.</summary>
    public static ImmutableArray<string> More(Prediction told, Measurement seen) =>
    [
        // Below that nobody is disturbed: rows are read and written beside it.
        .. seen.Taken.Items.Where(l => l.Level >= LockLevel.ShareUpdateExclusive && l.Level > told.LockOn(l.Table)).Select(l => $"it locks {l.Table} with {l.Level}, and {Spelled(told.LockOn(l.Table))} was told"),
        .. seen.Rewrites.Items.Except(told.Rewrites.Items).Select(t => $"it rewrites {t}"),
        .. (seen.Scans?.Items ?? []).Except(told.Scans.Items).Except(told.Rewrites.Items).Select(t => $"it reads all of {t}"),
        .. seen.Indexes.Items.Except(told.Indexes.Items).Select(i => $"it builds {i} again"),
    ];

    /// <summary>What was told and did not happen, in words.</summary>
    public static ImmutableArray<string> Less(Prediction told, Measurement seen) =>
    [
        .. told.Locks.Items.Where(l => l.Level >= LockLevel.ShareUpdateExclusive && l.Level > seen.LockOn(l.Table)).Select(l => $"{l.Level} on {l.Table} was told, and it locks it with {Spelled(seen.LockOn(l.Table))}"),
        .. told.Rewrites.Items.Except(seen.Rewrites.Items).Select(t => $"it does not rewrite {t}"),
        .. seen.Scans is { } scans ? told.Scans.Items.Except(scans.Items).Except(seen.Rewrites.Items).Select(t => $"it does not read all of {t}") : [],
        .. told.Indexes.Items.Except(seen.Indexes.Items).Select(i => $"it does not build {i} again"),
    ];

    /// <summary>Null for its scans where the planner chooses how to read: of a small copy that proves nothing.</summary>
    public static Measurement Comparable(string statement, Measurement seen) => StatementReader.Read(statement) switch
    {
        Statement.Write or Statement.Query or Statement.Refresh or Statement.Vacuum or Statement.CreateTable { Filled: true } or Statement.CreateView => seen with { Scans = null },
        _ => seen,
    };

    private static IEnumerable<(Rule Rule, string Message, string Effect)> Judge(SourceText script, MeasuredStatement statement, bool sampled)
    {
        if (statement.Refusal is { } refusal)
        {
            yield return (MeasuredRules.Untraced, $"It cannot be traced: {refusal}", "");
        }

        if (statement.RowRefusal is { } rows)
        {
            yield return (MeasuredRules.RefusedByRows, $"{(sampled ? "Rows of the live database" : "Invented rows")} refuse it: {rows}", "");
        }

        // What runs code is told nothing of, and H14 says so.
        if (statement.Seen is not { } seen || statement.Told.Unclear is not null)
        {
            yield break;
        }

        seen = Comparable(script.Slice(statement.Span).ToString(), seen);
        if (More(statement.Told, seen) is { IsEmpty: false } more)
        {
            yield return (MeasuredRules.More, $"It does more than was told: {string.Join("; ", more)}.", Effect(seen));
        }

        if (Less(statement.Told, seen) is { IsEmpty: false } less)
        {
            yield return (MeasuredRules.Less, $"It does less than was told: {string.Join("; ", less)}.", Effect(seen));
        }
    }

    private static string Effect(Measurement seen) => string.Join(", ", seen.Taken.Items.Where(l => l.Level >= LockLevel.ShareUpdateExclusive).Select(l => $"{l.Level} on {l.Table}"));

    private static string Spelled(LockLevel level) => level is LockLevel.None ? "no lock" : level.ToString();
}
