using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Diff.Renames;

namespace Sluice.Plan;

/// <summary>The way back over a migration: from the catalog after it to the one before it.</summary>
public static class Reverse
{
    public static ReversePlan Of(Database before, Database after)
    {
        var there = Planner.Plan(before, after, CatalogDiffer.Diff(before, after));
        before = before with { Renames = Renames(there) };
        var back = Planner.Plan(after, before, CatalogDiffer.Diff(after, before));
        return new ReversePlan(
            back with { Steps = [.. back.Steps.Select(KeepVersion).OfType<PlanStep>()], Naming = back.Naming with { Exact = true } },
            [.. after.Extensions.Items.Select(e => e.Name).Except(before.Extensions.Items.Select(e => e.Name), StringComparer.Ordinal)],
            [.. after.Schemas.Items.Except(before.Schemas.Items, StringComparer.Ordinal).Where(s => s != before.DefaultSchema)],
            Loss.Of(there),
            Loss.Of(back),
            [.. back.Steps.OfType<PlanStep.AlterExtension>().Where(s => s.From.Version != s.To.Version).Select(s => s.To.Name)]);
    }

    /// <summary>The same renames the other way round, for the plan back.</summary>
    internal static ImmutableArray<Rename> Renames(MigrationPlan there)
    {
        var was = new NamesBefore(there.Renames);
        return
        [
            .. there.Renames.Select(rename => (Rename?)(rename switch
            {
                Rename.Table r => new Rename.Table(r.To, r.From),
                Rename.Enum r => new Rename.Enum(r.To, r.From),
                Rename.Column r => new Rename.Column(was.Table(r.Of), r.To, r.From),
                Rename.EnumValue r => new Rename.EnumValue(was.Enum(r.Of), r.To, r.From),
                // Follow from the others.
                _ => null,
            })).OfType<Rename>(),
        ];
    }

    // An extension has no way back to an older version. What the migration brought is dropped at the very end.
    private static PlanStep? KeepVersion(PlanStep step) => step switch
    {
        PlanStep.DropSchema or PlanStep.DropExtension { Again: false } => null,
        PlanStep.AlterExtension alter when alter.From.Schema == alter.To.Schema => null,
        PlanStep.AlterExtension alter => alter with { To = alter.To with { Version = alter.From.Version } },
        _ => step,
    };
}

/// <param name="Plan">The steps back.</param>
/// <param name="Extensions">Those the migration brought, to be dropped at the end: the differ never removes one by itself.</param>
/// <param name="Schemas">The same for schemas.</param>
/// <param name="Lost">What the migration itself destroys.</param>
/// <param name="LostOnTheWay">What the steps back destroy of that which was written since.</param>
/// <param name="KeptVersions">Extensions that the migration brought to a newer version, which they keep.</param>
public sealed record ReversePlan(
    MigrationPlan Plan,
    ImmutableArray<string> Extensions,
    ImmutableArray<string> Schemas,
    ImmutableArray<Loss> Lost,
    ImmutableArray<Loss> LostOnTheWay,
    ImmutableArray<string> KeptVersions)
{
    public bool IsEmpty => Plan.IsEmpty && Extensions.IsEmpty && Schemas.IsEmpty;

    /// <summary>Why it does not bring everything back, a sentence each.</summary>
    /// <param name="keptAbove">The migration kept in archives what it destroyed.</param>
    /// <param name="keptBelow">The steps back do.</param>
    public IEnumerable<string> Irreversible(bool keptAbove, bool keptBelow) =>
    [
        .. Lost.SelectMany(l => Sentences(l, keptAbove, "are gone; it comes back empty")),
        .. keptBelow ? LostOnTheWay.SelectMany(l => Sentences(l, true, "that were written since have no key to be kept by")) : [],
        .. KeptVersions.Select(e => $"the extension `{e}` keeps its version: there is no way back to an older one."),
    ];

    private static IEnumerable<string> Sentences(Loss loss, bool kept, string fate)
    {
        var table = loss.Table.Name.Name;
        var keepable = kept ? loss.Keepable : [];
        if (loss.IsTable)
        {
            return kept ? [] : [$"the rows of the table `{table}` {fate}."];
        }

        return loss.Columns.Except(keepable).Select(c => c.CastTo is { } to
            ? $"the values of the column `{c.Column.Name}` of `{table}` are cast from `{TypeNames.InSchema(c.Column.Type)}` to `{TypeNames.InSchema(to.Type)}`; what the cast cuts off does not come back."
            : $"the values of the column `{c.Column.Name}` of `{table}` {fate}.");
    }
}
