using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>How often each name of a key, index or foreign key is used where it has to be unique.</summary>
internal sealed class ConstraintNamespace
{
    private readonly Dictionary<(string? Schema, string Name), int> relations = [];
    private readonly Dictionary<(EntityBinding Entity, string Name), int> constraints = [];
    private readonly Dictionary<(EntityBinding Entity, string Name), int> clientNames = [];

    public ConstraintNamespace(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            if (entity.PrimaryKey is { } key)
            {
                AddRelation(entity, key.NameIn(entity));
                AddClientName(entity, key.ClientName);
            }

            foreach (var index in entity.Indexes)
            {
                AddRelation(entity, index.NameIn(entity));
                AddClientName(entity, index.ClientName);
            }
        }

        if (!schema.HasDatasource)
        {
            relations.Clear();
            constraints.Clear();
            return;
        }

        foreach (var relation in schema.Relations.Where(r => r.IsInline && !r.Found.Entity.IsView))
        {
            Add(constraints, (relation.Found.Entity, relation.ConstraintName));
        }
    }

    /// <summary>PostgreSQL keeps indexes, and so keys, beside the tables of their schema: unique over all of it.</summary>
    public bool IsIndexNameShared(EntityBinding entity, string name) => relations.GetValueOrDefault((entity.DatabaseSchema, name)) > 1;

    /// <summary>Keys and foreign keys are constraints: unique within their table.</summary>
    public bool IsConstraintNameShared(EntityBinding entity, string name) =>
        constraints.GetValueOrDefault((entity, name)) > 1;

    public bool IsClientName(EntityBinding entity, string name) => clientNames.ContainsKey((entity, name));

    public bool IsClientNameShared(EntityBinding entity, string name) => clientNames[(entity, name)] > 1;

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull => counts[key] = counts.GetValueOrDefault(key) + 1;

    private void AddRelation(EntityBinding entity, string name)
    {
        Add(relations, (entity.DatabaseSchema, name));
        Add(constraints, (entity, name));
    }

    private void AddClientName(EntityBinding entity, string? name)
    {
        if (name is not null)
        {
            Add(clientNames, (entity, name));
        }
    }
}
