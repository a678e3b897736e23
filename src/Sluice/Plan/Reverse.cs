using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan;

/// <summary>The way back over a migration: from the catalog after it to the one before it.</summary>
public static class Reverse
{
    public static ReversePlan Of(Database before, Database after)
    {
        var there = Planner.Plan(before, after, CatalogDiffer.Diff(before, after));
        var back = Planner.Plan(after, before, CatalogDiffer.Diff(after, before));
        return new ReversePlan(
            new MigrationPlan([.. back.Steps.Select(KeepVersion).OfType<PlanStep>()], back.Naming with { Exact = true }),
            [.. after.Extensions.Items.Select(e => e.Name).Except(before.Extensions.Items.Select(e => e.Name), StringComparer.Ordinal)],
            [.. after.Schemas.Items.Except(before.Schemas.Items, StringComparer.Ordinal).Where(s => s != before.DefaultSchema)],
            [
                .. DataLoss.Checks(there).Select(Lost).OfType<string>(),
                .. back.Steps.OfType<PlanStep.AlterExtension>().Where(s => s.From.Version != s.To.Version).Select(s => $"the extension `{s.To.Name}` keeps its version: there is no way back to an older one."),
            ]);
    }

    // An extension has no way back to an older version.
    private static PlanStep? KeepVersion(PlanStep step) => step switch
    {
        PlanStep.AlterExtension alter when alter.From.Schema == alter.To.Schema => null,
        PlanStep.AlterExtension alter => alter with { To = alter.To with { Version = alter.From.Version } },
        _ => step,
    };

    /// <summary>What the migration destroys, in a sentence; null where it destroys nothing (it may fail instead).</summary>
    private static string? Lost(DataLossCheck check) => check switch
    {
        DataLossCheck.NonEmptyTableDrop drop => $"the rows of the table `{drop.Dropped.Name}` are gone; it comes back empty.",
        DataLossCheck.NonEmptyColumnDrop drop => $"the values of the column `{drop.Name}` of `{drop.Of.Name}` are gone; it comes back empty.",
        DataLossCheck.DropAndRecreateColumn or DataLossCheck.DropAndRecreateRequiredColumn =>
            $"the column `{check.Column}` of `{check.Table?.Name}` was dropped and made again; its values are gone.",
        DataLossCheck.RiskyCast cast =>
            $"the values of the column `{cast.Name}` of `{cast.Of.Name}` were cast from `{cast.FromType}` to `{cast.ToType}`; what the cast cut off does not come back.",
        _ => null,
    };
}

/// <param name="Plan">The steps back.</param>
/// <param name="Extensions">Those the migration brought, to be dropped at the end: the differ never removes one by itself.</param>
/// <param name="Schemas">The same for schemas.</param>
/// <param name="Lost">What does not come back, a sentence each.</param>
public sealed record ReversePlan(
    MigrationPlan Plan,
    ImmutableArray<string> Extensions,
    ImmutableArray<string> Schemas,
    ImmutableArray<string> Lost)
{
    public bool IsEmpty => Plan.IsEmpty && Extensions.IsEmpty && Schemas.IsEmpty;
}
