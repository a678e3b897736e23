using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan.Objects;

/// <summary>
/// Objects among the steps of the language, which keep their order: first goes what stands in the way, then comes what tables
/// are made of, after the tables goes what they no longer need, and last comes what looks at them.
/// </summary>
internal static class ObjectSteps
{
    public static ImmutableArray<PlanStep> Weave(ImmutableArray<PlanStep> steps, Database from, Database to, ImmutableArray<Change> changes)
    {
        if (from.Objects.Count == 0 && to.Objects.Count == 0)
        {
            return steps;
        }

        var (before, after) = (new ObjectGraph(from), new ObjectGraph(to));
        var touched = new TouchedTables(steps);
        var altered = changes.OfType<Change.ObjectChanged>().ToLookup(c => InPlace.IsPossible(c.From, c.To, from, to));
        var added = changes.OfType<Change.ObjectAdded>().Select(c => c.Object).ToList();
        var departures = new Departures(
            before,
            touched,
            [.. changes.OfType<Change.ObjectRemoved>().Select(c => c.Object.Id), .. altered[false].Select(c => c.From.Id)],
            [.. added.Select(o => o.Id), .. altered[true].Select(c => c.From.Id)]);
        var comes = new HashSet<ObjectId>(added.Select(o => o.Id).Concat(departures.Gone));
        var changed = altered[true].Where(c => !comes.Contains(c.To.Id)).ToDictionary(c => c.To.Id, c => c.From);
        var arrivals = after.Ordered(after.Objects.Where(o => (comes.Contains(o.Id) && !ComesWithColumn(o.Id, touched)) || changed.ContainsKey(o.Id)));
        var early = EarlyObjects.Of(after, arrivals);
        var keys = after.Dependencies.Where(d => d.Of.Kind is ObjectKind.ForeignKey && after.Find(d.Of) is null).Select(d => d.On).ToHashSet();

        var drops = departures.Explicit.Where(o => o.Id.Kind is not ObjectKind.GeneratedColumn || after.Find(o.Id) is null).ToList();
        var released = MakingWay.ReleasedFunctions(before, after, drops);
        var late = LateDrops(before, drops.Where(o => !released.Contains(o.Id)));
        // What they hold goes before them, whatever it is.
        var last = Index(steps, s => s is PlanStep.DropSchema or PlanStep.DropExtension { Again: false }) is >= 0 and var found ? found : steps.Length;
        var ends = steps[last..];
        steps = steps[..last];
        var foreignKeys = Index(steps, s => s is PlanStep.AddForeignKey) is >= 0 and var at ? at : steps.Length;
        var start = LastIndex(steps, s => s is PlanStep.CreateSchema or PlanStep.CreateExtension or PlanStep.AlterExtension or PlanStep.DropExtension
            or PlanStep.CreateEnum or PlanStep.AddEnumValues or PlanStep.RecreateEnum) + 1;
        ImmutableArray<PlanStep> woven =
        [
            .. drops.Where(o => !late.Contains(o.Id)).Select(Drop),
            .. steps[..start],
            .. arrivals.Where(o => early.Contains(o.Id)).Select(Arrive),
            .. steps[start..Math.Max(start, foreignKeys)],
            .. arrivals.Where(o => !early.Contains(o.Id) && keys.Contains(o.Id)).Select(Arrive),
            .. steps[Math.Max(start, foreignKeys)..],
            .. drops.Where(o => late.Contains(o.Id)).Select(Drop),
            .. arrivals.Where(o => !early.Contains(o.Id) && !keys.Contains(o.Id)).Select(Arrive),
            .. ends,
        ];
        return MakingWay.Of(woven, from, to, released);

        PlanStep Drop(SqlObject item) => new PlanStep.DropObject(item, Again: after.Find(item.Id) is not null);

        PlanStep Arrive(SqlObject item) => changed.TryGetValue(item.Id, out var previous)
            ? new PlanStep.AlterObject(previous, item)
            : new PlanStep.CreateObject(item, OnNewTable: touched.MakesTableOf(item.Id), Again: before.Find(item.Id) is not null);
    }

    /// <summary>What a table or a column is made with needs no command of its own.</summary>
    private static bool ComesWithColumn(ObjectId id, TouchedTables touched) =>
        id.Kind is ObjectKind.GeneratedColumn or ObjectKind.PartitionKey || (id.Kind is ObjectKind.Identity && touched.Makes(id));

    /// <summary>Types, sequences and functions that tables still use when the steps begin.</summary>
    private static HashSet<ObjectId> LateDrops(ObjectGraph before, IEnumerable<SqlObject> drops)
    {
        var late = new HashSet<ObjectId>();
        foreach (var item in drops.Where(o => o.Id.Kind <= ObjectKind.Cast))
        {
            // They stand in the order in which they go: what needs this one is decided already.
            if (before.Dependencies.Any(d => d.On == item.Id && (before.Find(d.Of) is null || d.Of.Kind is ObjectKind.GeneratedColumn || late.Contains(d.Of))))
            {
                late.Add(item.Id);
            }
        }

        return late;
    }

    private static int Index(ImmutableArray<PlanStep> steps, Func<PlanStep, bool> matches)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (matches(steps[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int LastIndex(ImmutableArray<PlanStep> steps, Func<PlanStep, bool> matches)
    {
        var last = -1;
        for (var i = 0; i < steps.Length; i++)
        {
            last = matches(steps[i]) ? i : last;
        }

        return last;
    }
}
