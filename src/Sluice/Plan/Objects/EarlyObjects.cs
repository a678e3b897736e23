using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Plan.Objects;

/// <summary>Which objects must be there before tables are made or changed: types and sequences, and the routines that these and the tables need.</summary>
internal static class EarlyObjects
{
    public static HashSet<ObjectId> Of(ObjectGraph after, ImmutableArray<SqlObject> arrivals)
    {
        var early = new HashSet<ObjectId>();
        var needy = new HashSet<ObjectId>();
        var possible = arrivals.Select(o => o.Id).Where(i => i.Kind <= ObjectKind.Cast && !NeedsTable(i, [])).ToHashSet();
        foreach (var dependency in after.Dependencies.Where(d => after.Find(d.Of) is null || d.Of.Kind is ObjectKind.GeneratedColumn))
        {
            Need(dependency.On);
        }

        foreach (var id in possible.Where(i => i.Kind is not (ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate)))
        {
            Need(id);
        }

        return early;

        void Need(ObjectId id)
        {
            if (!needy.Add(id))
            {
                return;
            }

            if (possible.Contains(id))
            {
                early.Add(id);
            }

            foreach (var on in after.Needs(id).Select(d => d.On).Where(on => after.Find(on) is not null))
            {
                Need(on);
            }
        }

        bool NeedsTable(ObjectId id, HashSet<ObjectId> seen) =>
            seen.Add(id) && after.Needs(id).Any(d => after.Find(d.On) is null
                ? d.On.Kind is not (ObjectKind.Schema or ObjectKind.Extension or ObjectKind.Enum)
                : d.On.Kind > ObjectKind.Cast || NeedsTable(d.On, seen));
    }
}
