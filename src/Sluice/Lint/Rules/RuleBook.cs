using System.Collections.Immutable;

namespace Sluice.Lint.Rules;

/// <summary>Every rule, family by family.</summary>
public static class RuleBook
{
    public static ImmutableArray<Rule> All { get; } =
    [
        .. TransactionRules.All, .. RewriteRules.All, .. IndexRules.All, .. ConstraintRules.All, .. DataLossRules.All, .. CompatibilityRules.All, .. PartitionRules.All, .. HygieneRules.All, .. SuppressionRules.All, .. MeasuredRules.All,
    ];

    private static readonly ImmutableDictionary<string, Rule> ById = All.ToImmutableDictionary(r => r.Id);

    /// <summary>First letters of the ids, with what they have in common.</summary>
    public static ImmutableArray<(char Letter, string Name)> Families { get; } =
    [
        ('T', "Transactions and locks"), ('R', "Table rewrites"), ('I', "Indexes"), ('C', "Constraints"), ('D', "Data loss"), ('K', "Compatibility with running code"), ('P', "Partitions, triggers, policies"), ('H', "Hygiene"), ('S', "Comments that allow something"), ('M', "Measured otherwise than told: found by `migrate verify --trace` alone"),
    ];

    public static Rule? Find(string id) => ById.GetValueOrDefault(id);
}
