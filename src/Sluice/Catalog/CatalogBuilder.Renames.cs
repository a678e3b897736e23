using Sluice.Model;

namespace Sluice.Catalog;

public static partial class CatalogBuilder
{
    /// <summary>What the schema's hints say; whether it is still to be done, the other catalog tells.</summary>
    private static IEnumerable<Rename> Renames(SchemaModel model, Names names) =>
    [
        .. model.Models.SelectMany(m => Renames(m, names)),
        .. model.Relations.Items.OfType<Relation.ManyToMany>().Select(r => JoinTable(r, names)).OfType<Rename>(),
        .. model.Enums.Items.SelectMany(e => Renames(e, names)),
    ];

    private static IEnumerable<Rename> Renames(Entity entity, Names names)
    {
        var table = names.Of(entity);
        return
        [
            .. RenameHint.Of(entity.Documentation) is { } old && names.Old(table, old) is var before && before != table ? [new Rename.Table(before, table)] : Array.Empty<Rename>(),
            .. entity.Fields.Items
                .Select(f => (Old: RenameHint.Of(f.Documentation), f.ColumnName))
                .Where(f => f.Old is not null && f.Old != f.ColumnName)
                .Select(f => new Rename.Column(table, f.Old!, f.ColumnName)),
        ];
    }

    private static IEnumerable<Rename> Renames(EnumDefinition definition, Names names)
    {
        var name = names.OfEnum(definition);
        return
        [
            .. RenameHint.Of(definition.Documentation) is { } old && names.Old(name, old) is var before && before != name ? [new Rename.Enum(before, name)] : Array.Empty<Rename>(),
            .. definition.Values.Items
                .Select(v => (Old: RenameHint.Of(v.Documentation), v.DatabaseName))
                .Where(v => v.Old is not null && v.Old != v.DatabaseName)
                .Select(v => new Rename.EnumValue(name, v.Old!, v.DatabaseName)),
        ];
    }

    /// <summary>Either field of the relation may say it.</summary>
    private static Rename.Table? JoinTable(Relation.ManyToMany relation, Names names)
    {
        var a = names.Entities[relation.A];
        var table = new ObjectName(names.Of(a).Schema, Cut(relation.TableName, LongestName));
        var old = Hint(a, relation.AField) ?? Hint(names.Entities[relation.B], relation.BField);
        return old is not null && names.Old(table, old) is var before && before != table ? new Rename.Table(before, table) : null;
    }

    private static string? Hint(Entity entity, string field) =>
        RenameHint.Of(entity.RelationFields.Items.FirstOrDefault(f => f.Name == field)?.Documentation);
}
