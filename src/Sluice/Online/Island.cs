using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Online;

/// <summary>
/// Steps that are committed together: between them something is missing that the application asks for, a view that makes way
/// for a change and comes again.
/// </summary>
internal sealed class Island
{
    private readonly Dictionary<PlanStep, bool> steps = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null for a step outside; whether it is the first.</summary>
    public bool? Find(PlanStep step) => steps.TryGetValue(step, out var isFirst) ? isFirst : null;

    public static Island Of(ImmutableArray<PlanStep> plan)
    {
        var (first, last) = Bounds(plan);
        var island = new Island();
        for (var i = first; i >= 0 && i <= last; i++)
        {
            island.steps[plan[i]] = i == first;
        }

        return island;
    }

    /// <summary>The plan with what needs not be in it behind it: indexes and foreign keys, unless an object stands on them.</summary>
    public static ImmutableArray<PlanStep> Narrowed(ImmutableArray<PlanStep> plan)
    {
        var (first, last) = Bounds(plan);
        if (first < 0 || plan[first..(last + 1)].Any(StandsOnIndex))
        {
            return plan;
        }

        var movable = plan[first..last].Where(s => s is PlanStep.CreateIndex { OnNewTable: false } or PlanStep.AddForeignKey).ToHashSet<PlanStep>(ReferenceEqualityComparer.Instance);
        return [.. plan[..(last + 1)].Where(s => !movable.Contains(s)), .. plan.Where(movable.Contains), .. plan[(last + 1)..]];
    }

    private static (int First, int Last) Bounds(ImmutableArray<PlanStep> plan)
    {
        var first = Array.FindIndex([.. plan], s => s is PlanStep.DropObject { Again: true, Object.Id.Kind: var kind } && IsAskedFor(kind));
        var last = Array.FindLastIndex([.. plan], s => s is PlanStep.CreateObject { Again: true });
        return last < first ? (-1, -1) : (first, last);
    }

    private static bool IsAskedFor(ObjectKind kind) => kind is ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Rule or ObjectKind.Trigger or ObjectKind.Policy
        or ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate or ObjectKind.Operator or ObjectKind.Cast or ObjectKind.CompositeType or ObjectKind.Domain or ObjectKind.RangeType;

    private static bool StandsOnIndex(PlanStep step) => step switch
    {
        PlanStep.CreateObject { Object.Id: var id } => StandsOnIndex(id),
        PlanStep.AlterObject { To.Id: var id } => StandsOnIndex(id),
        _ => false,
    };

    private static bool StandsOnIndex(ObjectId id) => id.Kind is ObjectKind.ReplicaIdentity or ObjectKind.Clustering or ObjectKind.ForeignKey or ObjectKind.IndexOptions
        || (id.Kind is ObjectKind.Comment && (id.Part.StartsWith("INDEX ", StringComparison.Ordinal) || id.Part.StartsWith("CONSTRAINT ", StringComparison.Ordinal)));
}
