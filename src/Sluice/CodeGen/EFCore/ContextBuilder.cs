using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Model;
using Index = Sluice.Catalog.Index;

namespace Sluice.CodeGen.EFCore;

/// <summary>Gives everything in a schema its name and shape in C#.</summary>
internal sealed partial class ContextBuilder
{
    private readonly SchemaModel model;
    private readonly Database database;
    private readonly GeneratorSettings settings;
    private readonly Dictionary<string, string> types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NameScope> scopes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EntityShape> entities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entity> entitiesOfModel;
    private readonly Dictionary<string, EnumDefinition> enumsOfModel;
    private readonly ILookup<string, Table> tables;

    private ContextBuilder(SchemaModel model, Database database, GeneratorSettings settings)
    {
        this.model = model;
        this.database = database;
        this.settings = settings;
        entitiesOfModel = model.Entities.Items.ToDictionary(e => e.Name, StringComparer.Ordinal);
        enumsOfModel = model.Enums.Items.ToDictionary(e => e.Name, StringComparer.Ordinal);
        tables = database.Tables.Items.ToLookup(t => t.Name.Name, StringComparer.Ordinal);
        // Each type is a file too, and some file systems know no capitals.
        var names = new NameScope(StringComparer.OrdinalIgnoreCase, settings.ContextName, settings.ContextName + "Services");
        foreach (var name in model.Enums.Select(e => e.Name).Concat(Entities.Select(e => e.Name)))
        {
            types[name] = names.Take(PascalCase.Of(name));
        }

        foreach (var definition in model.Enums)
        {
            var scope = new NameScope(StringComparer.Ordinal);
            members[definition.Name] = definition.Values.Items.ToDictionary(v => v.Name, v => scope.Take(PascalCase.Of(v.Name)), StringComparer.Ordinal);
        }
    }

    private IEnumerable<Entity> Entities => model.Entities.Where(e => !e.IsIgnored);

    public static ContextShape Build(SchemaModel model, Database database, GeneratorSettings settings, string hash) =>
        new ContextBuilder(model, database, settings).Build(hash);

    private ContextShape Build(string hash)
    {
        var sets = new NameScope(
            StringComparer.Ordinal,
            [settings.ContextName, .. NameScope.MembersOfContext, .. Entities.SelectMany(e => new[] { ConfigurationWriter.MethodOf(types[e.Name]), KeyQueryWriter.MethodOf(types[e.Name]) })]);
        foreach (var entity in Entities)
        {
            entities[entity.Name] = BuildEntity(entity, sets);
        }

        var references = References();
        var joins = Joins();
        return new ContextShape(
            settings,
            hash,
            [.. model.Enums.Select(Enum)],
            [.. Entities.Select(e => entities[e.Name])],
            [.. references],
            [.. joins]);
    }

    private EnumShape Enum(EnumDefinition definition) => new(
        types[definition.Name],
        new ObjectName(definition.Schema ?? "", definition.DatabaseName),
        [.. definition.Values.Select(v => new EnumMemberShape(members[definition.Name][v.Name], v.DatabaseName, GeneratorHints.Prose(v.Documentation)))],
        GeneratorHints.Prose(definition.Documentation));

    private EntityShape BuildEntity(Entity entity, NameScope sets)
    {
        var name = types[entity.Name];
        var scope = scopes[entity.Name] = new NameScope(StringComparer.Ordinal, [name, .. NameScope.MembersOfObject]);
        var fields = entity.Fields.Where(f => !f.IsIgnored).ToImmutableArray();
        var columns = ColumnsOf(entity);
        var properties = fields.ToDictionary(f => f.Name, f => scope.Take(PascalCase.Of(f.Name)), StringComparer.Ordinal);
        members[entity.Name] = properties;
        var byColumn = fields.ToDictionary(f => f.ColumnName, f => properties[f.Name], StringComparer.Ordinal);
        var table = TableOf(entity);
        var key = KeyOf(table, byColumn);
        return new EntityShape(
            name,
            sets.Take(PascalCase.Plural(name)),
            new ObjectName(entity.Schema ?? "", entity.DatabaseName),
            entity.IsView,
            [.. fields.Select(f => Property(f, columns[f.ColumnName], properties[f.Name]))],
            [],
            key,
            [],
            [.. Indexes(table, key, byColumn)],
            GeneratorHints.SoftDelete(entity.Documentation) is { } field && properties.TryGetValue(field, out var deleted) ? deleted : null,
            GeneratorHints.RowVersion(entity.Documentation),
            GeneratorHints.Prose(entity.Documentation));
    }

    private Dictionary<string, Column> ColumnsOf(Entity entity) =>
        (entity.IsView ? database.Views.First(v => v.Name == NameOf(entity)).Columns : TableOf(entity)!.Columns)
        .ToDictionary(c => c.Name, StringComparer.Ordinal);

    private Table? TableOf(Entity entity) => entity.IsView ? null : tables[entity.DatabaseName].First(t => t.Name == NameOf(entity));

    private ObjectName NameOf(Entity entity) => new(entity.Schema ?? database.DefaultSchema, entity.DatabaseName);

    /// <summary>The primary key, or unique columns that always have values where there is none.</summary>
    private static KeyShape? KeyOf(Table? table, Dictionary<string, string> byColumn)
    {
        if (table?.PrimaryKey is { } primary)
        {
            return primary.Columns.All(c => byColumn.ContainsKey(c.Name))
                ? new KeyShape([.. primary.Columns.Select(c => byColumn[c.Name])], primary.Name)
                : null;
        }

        var unique = table?.Indexes.FirstOrDefault(i => i is { IsUnique: true, Where: null }
            && i.Columns.All(c => byColumn.ContainsKey(c.Name) && table.Column(c.Name)!.Arity is Syntax.FieldArity.Required));
        return unique is null ? null : new KeyShape([.. unique.Columns.Select(c => byColumn[c.Name])], unique.Name);
    }

    private static IEnumerable<IndexShape> Indexes(Table? table, KeyShape? key, Dictionary<string, string> byColumn)
    {
        foreach (Index index in table?.Indexes ?? [])
        {
            if (index.Name != key?.Name && index.Columns.All(c => byColumn.ContainsKey(c.Name)))
            {
                yield return new IndexShape([.. index.Columns.Select(c => byColumn[c.Name])], index);
            }
        }
    }
}
