using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>
/// With `relationMode = "prisma"` clients carry out the referential actions themselves, so that actions which come round
/// to where they began would never end.
/// </summary>
internal sealed class RelationCycles
{
    private readonly ILookup<EntityBinding, RelationBinding> acting;
    private readonly Dictionary<EntityBinding, int> component = [];
    private readonly HashSet<EntityBinding> reachesSelf = [];

    private RelationCycles(SchemaBinding schema)
    {
        acting = schema.Relations.Where(Acts).ToLookup(r => r.From);
        FindComponents(schema.Entities);
        FindSelfRelations(schema.Entities);
    }

    public static IReadOnlySet<RelationBinding> Find(SchemaBinding schema)
    {
        if (schema.RelationMode is RelationMode.ForeignKeys)
        {
            return new HashSet<RelationBinding>();
        }

        var cycles = new RelationCycles(schema);
        return schema.Relations.Where(cycles.Runs).ToHashSet();
    }

    private static bool Acts(RelationBinding relation) =>
        relation is { IsInline: true, IsComplete: true }
        && (Modifies(relation.OnDelete) || Modifies(relation.OnUpdate));

    private static bool Modifies(ReferentialAction action) =>
        action is not (ReferentialAction.NoAction or ReferentialAction.Restrict);

    private bool Runs(RelationBinding relation) =>
        Acts(relation) && (component[relation.From] == component[relation.To] || reachesSelf.Contains(relation.To));

    /// <summary>Groups of entities that reach each other: Tarjan's algorithm, with a stack of its own so that depth is no danger.</summary>
    private void FindComponents(IEnumerable<EntityBinding> entities)
    {
        var order = new Dictionary<EntityBinding, int>();
        var lowest = new Dictionary<EntityBinding, int>();
        var open = new Stack<EntityBinding>();
        foreach (var root in entities)
        {
            if (order.ContainsKey(root))
            {
                continue;
            }

            var path = new Stack<(EntityBinding Entity, IEnumerator<RelationBinding> Next)>();
            Enter(root);
            while (path.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    path.Pop();
                    Leave(top.Entity);
                    if (path.TryPeek(out var parent))
                    {
                        lowest[parent.Entity] = Math.Min(lowest[parent.Entity], lowest[top.Entity]);
                    }
                }
                else if (!order.TryGetValue(top.Next.Current.To, out var seen))
                {
                    Enter(top.Next.Current.To);
                }
                else if (!component.ContainsKey(top.Next.Current.To))
                {
                    lowest[top.Entity] = Math.Min(lowest[top.Entity], seen);
                }
            }

            void Enter(EntityBinding entity)
            {
                order[entity] = lowest[entity] = order.Count;
                open.Push(entity);
                path.Push((entity, acting[entity].GetEnumerator()));
            }
        }

        void Leave(EntityBinding entity)
        {
            if (lowest[entity] != order[entity])
            {
                return;
            }

            EntityBinding member;
            do
            {
                member = open.Pop();
                component[member] = order[entity];
            }
            while (member != entity);
        }
    }

    private void FindSelfRelations(IEnumerable<EntityBinding> entities)
    {
        var sources = acting.SelectMany(g => g).ToLookup(r => r.To, r => r.From);
        var pending = new Stack<EntityBinding>(entities.Where(e => acting[e].Any(r => r.To == e)));
        while (pending.TryPop(out var entity))
        {
            if (reachesSelf.Add(entity))
            {
                foreach (var source in sources[entity])
                {
                    pending.Push(source);
                }
            }
        }
    }
}
