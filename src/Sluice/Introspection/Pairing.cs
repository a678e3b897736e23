using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Introspection;

/// <summary>Matches what the database has with what the previous schema says of it.</summary>
internal sealed class Pairing
{
    private readonly Dictionary<(ObjectName Name, bool IsView), Entity> entities = [];
    private readonly Dictionary<string, Entity> entitiesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, EnumDefinition> enums = [];
    private readonly Dictionary<string, (SyntaxTree Tree, ModelSyntax Model)> models = new(StringComparer.Ordinal);
    private readonly HashSet<(string Entity, string Key)> below = [];
    private readonly PreviousSchema? previous;
    private readonly HashSet<string> standing;

    public Pairing(Database database, PreviousSchema? previous)
    {
        this.previous = previous;
        foreach (var entity in previous?.Model.Entities.Items ?? [])
        {
            entitiesByName.TryAdd(entity.Name, entity);
            entities.TryAdd((new(entity.Schema ?? database.DefaultSchema, StoredNames.Of(entity.DatabaseName)), entity.IsView), entity);
        }

        foreach (var type in previous?.Model.Enums.Items ?? [])
        {
            enums.TryAdd(new(type.Schema ?? database.DefaultSchema, StoredNames.Of(type.DatabaseName)), type);
        }

        foreach (var (tree, model) in (previous?.Trees ?? []).SelectMany(t => t.Blocks.OfType<ModelSyntax>().Select(m => (t, m))))
        {
            models.TryAdd(model.Name.Name, (tree, model));
            below.UnionWith(model.Attributes.Select(a => (model.Name.Name, AttributeKeys.Of(a, Entity(model.Name.Name)))));
        }

        WithPartialIndexes = previous?.Model.Generators.Any(g => g.PreviewFeatures.Contains("partialIndexes")) ?? false;
        WithViews = previous?.Model.Generators.Any(g => g.PreviewFeatures.Contains("views")) ?? false;
        UsesForeignKeys = previous?.Model.Datasource?.RelationMode is not RelationMode.Prisma;
        Prefix = previous?.Model.Datasource?.Name ?? "db";
        var standingEntities = database.Tables.Select(t => Entity(t.Name, isView: false))
            .Concat(database.Views.Select(v => Entity(v.Name, isView: true)));
        standing = standingEntities.OfType<Entity>().Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
    }

    public bool WithViews { get; }

    public bool WithPartialIndexes { get; }

    public bool UsesForeignKeys { get; }

    /// <summary>The datasource's name, which stands before native types: `@db.Text`.</summary>
    public string Prefix { get; }

    public IEnumerable<Relation> Relations => previous?.Model.Relations ?? [];

    public Entity? Entity(ObjectName name, bool isView) => entities.GetValueOrDefault((name, isView));

    public Entity? Entity(string name) => entitiesByName.GetValueOrDefault(name);

    public EnumDefinition? Enum(ObjectName name) => enums.GetValueOrDefault(name);

    /// <summary>Whether the table or view behind an entity of the previous schema still exists.</summary>
    public bool Stands(string entity) => standing.Contains(entity);

    /// <summary>Whether the previous schema has a many-to-many relation over the table, and no foreign keys to tell so.</summary>
    public bool IsJoinTable(Table table) =>
        !UsesForeignKeys && Relations.OfType<Relation.ManyToMany>().Any(r => r.TableName == table.Name.Name);

    /// <summary>Whether a key or index stands below the fields, where it could stand on one of them.</summary>
    public bool SaysBelow(Entity? entity, string key) => entity is not null && below.Contains((entity.Name, key));

    /// <summary>Of the unique indexes on one column alone the one that the field states: the first. Further ones say the same again.</summary>
    public Catalog.Index? UniqueOfField(Table table, string column) => table.Indexes.FirstOrDefault(i =>
        i.IsUnique && i.Where is null && i.Columns is [var only] && only.Name == column && !SaysBelow(Entity(table.Name, isView: false), AttributeKeys.Index(i.Name)));

    /// <summary>A relation field as it was written, without its comments.</summary>
    public PulledField? Field(string entity, string field)
    {
        if (!models.TryGetValue(entity, out var found) || found.Model.Fields.FirstOrDefault(f => f.Name.Name == field) is not { } syntax)
        {
            return null;
        }

        var arity = syntax.Type.Arity switch { FieldArity.List => "[]", FieldArity.Optional => "?", _ => "" };
        return new PulledField(field, syntax.Type.Name + arity, [.. syntax.Attributes.Select(a => found.Tree.Source.Slice(a.Span))], null);
    }
}
