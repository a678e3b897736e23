using System.Collections.Immutable;
using Sluice.Lint.Rules;

namespace Sluice.Lint;

/// <summary>What a team wants of the rules; each entry is an id or the letter of a family.</summary>
/// <param name="Block">Fails the command, at whatever level it is found.</param>
/// <param name="Warn">Shown as a warning, and fails nothing.</param>
/// <param name="Off">Not shown.</param>
public sealed record LintPolicy(ImmutableArray<string> Block, ImmutableArray<string> Warn, ImmutableArray<string> Off)
{
    /// <summary>Danger fails the command, the rest does not.</summary>
    public static LintPolicy Default { get; } = new([], [], []);

    /// <summary>A team said itself what blocks.</summary>
    public bool SaysWhatBlocks => !Block.IsEmpty;

    /// <summary>The level to show and whether it blocks; null for a rule that is off.</summary>
    public (Level Level, bool Blocks)? Judge(Rule rule, Level level)
    {
        // The id alone says more than its family.
        foreach (var key in new[] { rule.Id, rule.Id[..1] })
        {
            if (Off.Contains(key))
            {
                return null;
            }

            if (Block.Contains(key))
            {
                return (level, level > Level.Advice || key.Length > 1);
            }

            if (Warn.Contains(key))
            {
                return (level is Level.Danger ? Level.Warning : level, false);
            }
        }

        return (level, level is Level.Danger && !SaysWhatBlocks);
    }
}
