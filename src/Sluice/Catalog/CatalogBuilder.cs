using System.Collections.Immutable;
using System.Diagnostics;
using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Catalog;

/// <summary>The database that a schema asks for.</summary>
public static partial class CatalogBuilder
{
    public static Database Build(SchemaModel model, string defaultSchema = "public")
    {
        var names = new Names(model, defaultSchema);
        var datasource = model.Datasource;
        var features = model.Generators.Items.SelectMany(g => g.PreviewFeatures.Items);
        return Database.Empty with
        {
            Origin = CatalogOrigin.Schema,
            DefaultSchema = defaultSchema,
            QualifyNames = datasource?.Schemas.Count > 0,
            Schemas = [.. (datasource?.Schemas.Items ?? []).Order(StringComparer.Ordinal)],
            Extensions = datasource is { ExtensionsEnabled: true } ? [.. datasource.Extensions.Items.OrderBy(e => e.Name, StringComparer.Ordinal).Select(Extension)] : [],
            Enums = [.. model.Enums.Items.Select(e => new EnumType(names.OfEnum(e), [.. e.Values.Items.Select(v => v.DatabaseName)]))],
            Tables = BuildTables(model, names),
            Views = [.. model.Views.Select(v => new View(names.Of(v), [.. v.Fields.Items.Select(f => BuildColumn(names.Of(v), f, names))], null))],
            SeesPartialIndexes = features.Contains("partialIndexes"),
            Renames = [.. Renames(model, names)],
        };
    }

    private static Extension Extension(ExtensionDefinition extension) =>
        new(extension.DatabaseName, extension.Version, extension.Schema);

    private static ImmutableArray<Table> BuildTables(SchemaModel model, Names names)
    {
        var withKeys = model.Datasource is not { RelationMode: RelationMode.Prisma };
        var foreignKeys = ForeignKeys(withKeys ? model.Relations.Items.OfType<Relation.ForeignKey>() : [], names);
        var tables = model.Models
            .Select(m => BuildTable(m, names) with { ForeignKeys = [.. foreignKeys[m.Name]] })
            .ToImmutableArray();
        return [.. tables, .. JoinTables(model, names, withKeys)];
    }

    private static Table BuildTable(Entity model, Names names)
    {
        var columns = model.Fields.Items.ToDictionary(f => f.Name, f => f.ColumnName, StringComparer.Ordinal);
        return new Table(
            names.Of(model),
            [.. model.Fields.Items.Select(f => BuildColumn(names.Of(model), f, names))],
            model.PrimaryKey is { } key ? new PrimaryKey(key.ConstraintName, [.. key.Fields.Items.Select(Column)]) : null,
            [.. model.Indexes.Items.Select(i => new Index(i.Name, i.IsUnique, i.Type, [.. i.Fields.Items.Select(Column)], IsConstraint: false, i.Where))],
            []);

        IndexColumn Column(IndexField field) =>
            new(columns[field.FieldName], field.Descending, field.OperatorClass) { SaysAscending = field.SaysAscending };
    }

    private static Column BuildColumn(ObjectName table, ScalarField field, Names names) =>
        new(field.ColumnName, Type(field, names), field.Arity, Default(table, field, names), IsSerial(field))
        {
            HasClientDefault = field.Default is DefaultValue.Client,
        };

    /// <summary>Only integers have a SERIAL; elsewhere `autoincrement()` says nothing to PostgreSQL.</summary>
    private static bool IsSerial(ScalarField field) =>
        field is { Default: DefaultValue.AutoIncrement, NativeType.Kind: NativeKind.SmallInt or NativeKind.Integer or NativeKind.BigInt };

    private static ColumnType Type(ScalarField field, Names names) => field.Type switch
    {
        FieldType.Scalar when field.NativeType is { } native => new ColumnType.Native(native),
        FieldType.Enum { Name: var name } => new ColumnType.Enum(names.OfEnum(names.Enums[name])),
        FieldType.Unsupported { Text: var text } => new ColumnType.Unsupported(text),
        _ => throw new UnreachableException($"{field.Name} has no type."),
    };

    /// <summary>Where things live: names of the schema language to names in the database.</summary>
    private sealed class Names(SchemaModel model, string defaultSchema)
    {
        public Dictionary<string, Entity> Entities { get; } = model.Entities.Items.ToDictionary(e => e.Name, StringComparer.Ordinal);

        public Dictionary<string, EnumDefinition> Enums { get; } = model.Enums.Items.ToDictionary(e => e.Name, StringComparer.Ordinal);

        public ObjectName Of(Entity entity) => new(entity.Schema ?? defaultSchema, entity.DatabaseName);

        /// <summary>A hint's old name: in the same schema, unless it begins with another one that the datasource declares.</summary>
        public ObjectName Old(ObjectName now, string old) =>
            model.Datasource?.Schemas.Items.FirstOrDefault(s => old.StartsWith(s + ".", StringComparison.Ordinal)) is { } schema
                ? new(schema, old[(schema.Length + 1)..])
                : now with { Name = old };

        public ObjectName OfEnum(EnumDefinition definition) => new(definition.Schema ?? defaultSchema, definition.DatabaseName);
    }
}
