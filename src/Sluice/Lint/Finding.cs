using System.Collections.Immutable;
using Sluice.Lint.Predicting;
using Sluice.Lint.Rules;
using Sluice.Text;

namespace Sluice.Lint;

/// <summary>One fault of a script.</summary>
/// <param name="Span">The statement.</param>
/// <param name="Message">What was found, with names.</param>
/// <param name="Effect">The lock and what is done under it: `AccessExclusive on orders, rewrite`; empty where none matters.</param>
/// <param name="Safe">What to write instead.</param>
/// <param name="Blocks">By the policy, it fails the command.</param>
public sealed record Finding(Rule Rule, Level Level, SourceText Source, TextSpan Span, string Message, string Effect, string Safe, bool Blocks);

/// <param name="Findings">In the order of the scripts and their statements.</param>
/// <param name="Suppressed">How many findings the scripts themselves allow.</param>
/// <param name="Statements">How many statements were looked at.</param>
public sealed record LintReport(ImmutableArray<Finding> Findings, int Suppressed, int Statements)
{
    public bool Blocks => Findings.Any(f => f.Blocks);

    /// <summary>Script by script what each of its statements will do to tables that are not new.</summary>
    public ImmutableArray<ImmutableArray<Prediction>> Predictions { get; init; } = [];
}

/// <summary>What is to be looked at.</summary>
/// <param name="Scripts">The migrations, in order.</param>
/// <param name="History">Scripts that were applied before; they tell what is there, and are not judged.</param>
/// <param name="Today">Against which a suppression's end is held.</param>
public sealed record LintInput(ImmutableArray<SourceText> Scripts, ImmutableArray<string> History, DateOnly Today)
{
    public LintFacts Facts { get; init; } = LintFacts.None;

    /// <summary>Paths of migrations that are there already, for their versions.</summary>
    public ImmutableArray<string> Earlier { get; init; } = [];

    public LintPolicy Policy { get; init; } = LintPolicy.Default;

    /// <summary>The scripts are applied in one go, so that a table of the first is still empty in the last.</summary>
    public bool Together { get; init; }
}
