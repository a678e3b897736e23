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
    private readonly Dictionary<string, (SyntaxTree Tree, BlockSyntax Block)> blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly PreviousSchema? previous;
    private readonly HashSet<string> standing;

    public Pairing(Database database, PreviousSchema? previous)
    {
        this.previous = previous;
        foreach (var entity in previous?.Model.Entities.Items ?? [])
        {
            entitiesByName.TryAdd(entity.Name, entity);
            entities.TryAdd((new(entity.Schema ?? database.DefaultSchema, entity.DatabaseName), entity.IsView), entity);
        }

        foreach (var type in previous?.Model.Enums.Items ?? [])
        {
            enums.TryAdd(new(type.Schema ?? database.DefaultSchema, type.DatabaseName), type);
        }

        foreach (var (tree, block) in (previous?.Trees ?? []).SelectMany(t => t.Blocks.Select(b => (t, b))).Where(p => p.b is ModelSyntax or EnumSyntax))
        {
            blocks.TryAdd(block.Name.Name, (tree, block));
            positions.TryAdd(block.Name.Name, positions.Count);
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

    /// <summary>Where a block stood in the previous schema; new ones come last.</summary>
    public int Position(string? name) => name is not null && positions.TryGetValue(name, out var position) ? position : int.MaxValue;

    /// <summary>The file that a block was in, null for a new one.</summary>
    public string? File(string? name) => name is not null && blocks.TryGetValue(name, out var found) ? found.Tree.Source.Path : null;

    /// <summary>The comments above a block that are not its documentation.</summary>
    public IEnumerable<string> Comments(string name) =>
        blocks.TryGetValue(name, out var found) ? LeadingComments.Of(found.Tree, found.Block, withDocumentation: false) : [];

    /// <summary>A relation field as it was written, without its comments.</summary>
    public string? FieldText(string entity, string field)
    {
        if (!blocks.TryGetValue(entity, out var found) || found.Block is not ModelSyntax model || model.Fields.FirstOrDefault(f => f.Name.Name == field) is not { } syntax)
        {
            return null;
        }

        var arity = syntax.Type.Arity switch { FieldArity.List => "[]", FieldArity.Optional => "?", _ => "" };
        var attributes = syntax.Attributes.Select(a => " " + found.Tree.Source.Slice(a.Span));
        return $"{field} {syntax.Type.Name}{arity}{string.Concat(attributes)}";
    }
}
