using Sluice.Model.Indexes;
using Sluice.Model.Relations;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>Last stage: the bindings become the immutable model.</summary>
internal static class ModelAssembly
{
    public static SchemaModel Assemble(SchemaBinding schema)
    {
        var relations = RelationAssembly.Assemble(schema);
        return new SchemaModel(
            schema.Datasource,
            [.. schema.Generators],
            [.. schema.Entities.Select(Assemble)],
            [.. schema.Enums.Select(Assemble)],
            relations);
    }

    private static Entity Assemble(EntityBinding entity) => new(
        entity.Name,
        entity.DatabaseName,
        entity.DatabaseSchema,
        entity.IsView,
        entity.IsIgnored,
        [.. entity.ScalarFields.Select(Assemble)],
        [.. entity.RelationFields.Select(Assemble)],
        entity.PrimaryKey is { } key ? Assemble(entity, key) : null,
        [.. entity.Indexes.Select(i => Assemble(entity, i))],
        entity.Syntax.Documentation);

    private static ScalarField Assemble(ScalarFieldBinding field) => new(
        field.Name,
        field.ColumnName,
        field.Type,
        field.Arity,
        field.NativeType,
        field.HasNativeAttribute,
        field.Default,
        field.IsUpdatedAt,
        field.IsIgnored,
        field.Syntax.Documentation);

    private static RelationField Assemble(RelationFieldBinding field) => new(
        field.Name,
        field.Target.Name,
        field.Arity,
        field.RelationIndex,
        field.IsIgnored,
        field.Syntax.Documentation);

    private static PrimaryKeyDefinition Assemble(EntityBinding entity, PrimaryKeyBinding key) => new(
        Assemble(key.Fields),
        key.NameIn(entity),
        key.ClientName);

    private static IndexDefinition Assemble(EntityBinding entity, IndexBinding index) => new(
        index.NameIn(entity),
        index.IsUnique,
        index.Type ?? IndexType.BTree,
        Assemble(index.Fields),
        index.Where,
        index.ClientName);

    private static EquatableArray<IndexField> Assemble(IReadOnlyList<IndexFieldBinding> fields) =>
        [.. fields.Select(f => new IndexField(f.Field.Name, f.Descending ?? false, f.OperatorClass) { SaysAscending = f.Descending is false })];

    private static EnumDefinition Assemble(EnumBinding binding) => new(
        binding.Name,
        binding.DatabaseName,
        binding.DatabaseSchema,
        [.. binding.Values.Select(v => new EnumValue(v.Name, v.DatabaseName, v.Syntax.Documentation))],
        binding.Syntax.Documentation);
}
