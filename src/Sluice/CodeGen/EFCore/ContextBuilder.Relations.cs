using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.CodeGen.EFCore;

internal sealed partial class ContextBuilder
{
    private List<ReferenceShape> References()
    {
        var found = new List<ReferenceShape>();
        foreach (var relation in model.Relations.OfType<Relation.ForeignKey>())
        {
            if (Reference(relation) is { } reference)
            {
                found.Add(reference);
            }
        }

        return found;
    }

    // Null where EF Core has no word for it: views, columns that are left out, and keys that may be null.
    private ReferenceShape? Reference(Relation.ForeignKey relation)
    {
        if (Target(relation.From) is not { } from || Target(relation.To) is not { } to)
        {
            return null;
        }

        var (dependent, principal) = (members[relation.From], members[relation.To]);
        if (!relation.FromColumnsFields.All(dependent.ContainsKey) || !relation.ToColumnsFields.All(principal.ContainsKey))
        {
            return null;
        }

        var pairs = relation.FromColumnsFields.Zip(relation.ToColumnsFields, (f, t) => (From: dependent[f], To: principal[t])).ToImmutableArray();
        if (ReferencedKey(relation.To, to, [.. pairs.Select(p => p.To)]) is not { } key)
        {
            return null;
        }

        var ordered = key.Properties.Select(k => pairs.First(p => p.To == k).From).ToImmutableArray();
        return new ReferenceShape(
            from.Name,
            Navigation(relation.From, relation.FromField, to.Name),
            [.. ordered],
            to.Name,
            Navigation(relation.To, relation.ToField, from.Name),
            key == to.Key ? [] : key.Properties,
            relation.IsOneToOne,
            ordered.All(p => !from.Properties.First(q => q.Name == p).IsNullable),
            relation.OnDelete,
            relation.ConstraintName);
    }

    private EntityShape? Target(string name) => entities.TryGetValue(name, out var entity) && !entity.IsView ? entity : null;

    /// <summary>The key over these properties; a unique index over them becomes one.</summary>
    private KeyShape? ReferencedKey(string name, EntityShape entity, ImmutableArray<string> properties)
    {
        bool Covers(EquatableArray<string> key) => key.Count == properties.Length && properties.All(key.Contains);

        if (entity.Key is { } primary && Covers(primary.Properties))
        {
            return primary;
        }

        // The entity may have got an alternate key since it was looked up.
        entity = entities[name];
        if (entity.AlternateKeys.FirstOrDefault(k => Covers(k.Properties)) is { } known)
        {
            return known;
        }

        if (entity.Indexes.FirstOrDefault(i => i.Index is { IsUnique: true, Where: null } && Covers(i.Properties)) is not { } unique
            || unique.Properties.Any(p => entity.Properties.First(q => q.Name == p).IsNullable))
        {
            return null;
        }

        var key = new KeyShape(unique.Properties, unique.Index.Name);
        entities[name] = entity with
        {
            AlternateKeys = [.. entity.AlternateKeys, key],
            Indexes = [.. entity.Indexes.Where(i => i != unique)],
        };
        return key;
    }

    private string? Navigation(string entity, string? field, string target)
    {
        if (field is null || entitiesOfModel[entity].RelationFields.FirstOrDefault(f => f.Name == field) is not { IsIgnored: false } relation)
        {
            return null;
        }

        var name = scopes[entity].Take(PascalCase.Of(field));
        entities[entity] = entities[entity] with
        {
            Navigations =
            [
                .. entities[entity].Navigations,
                new NavigationShape(name, target, relation.Arity is FieldArity.List, relation.Arity is FieldArity.Optional, GeneratorHints.Prose(relation.Documentation)),
            ],
        };
        return name;
    }

    private List<JoinShape> Joins()
    {
        var found = new List<JoinShape>();
        foreach (var relation in model.Relations.OfType<Relation.ManyToMany>())
        {
            if (Target(relation.A) is not { Key: not null } a
                || Target(relation.B) is not { Key: not null } b
                || database.Tables.FirstOrDefault(t => t.Name.Name == StoredNames.Cut(relation.TableName, 63) && t.Columns is [{ Name: "A" }, { Name: "B" }]) is not { } table)
            {
                continue;
            }

            if (Navigation(relation.A, relation.AField, b.Name) is { } left && Navigation(relation.B, relation.BField, a.Name) is { } right)
            {
                found.Add(new JoinShape(a.Name, left, b.Name, right, table, JoinColumn("A", a), JoinColumn("B", b), database.QualifyNames));
            }
        }

        return found;
    }

    private static PropertyShape JoinColumn(string name, EntityShape entity) =>
        entity.Properties.First(p => p.Name == entity.Key!.Properties[0]) with
        {
            Name = name,
            Column = name,
            Default = new PropertyDefault.None(),
            IsUpdatedAt = false,
        };
}
