using Sluice.Model;
using Sluice.Syntax;

namespace Sluice.Catalog;

public static partial class CatalogBuilder
{
    private const int LongestName = 63;

    /// <summary>By the name of the model that holds them, in the order of the relation fields.</summary>
    private static ILookup<string, ForeignKey> ForeignKeys(IEnumerable<Relation.ForeignKey> relations, Names names) =>
        relations
            .Where(r => !names.Entities[r.From].IsView && !names.Entities[r.To].IsView)
            .OrderBy(r => FieldIndex(names.Entities[r.From], r.FromField))
            .ToLookup(r => r.From, r => Build(r, names), StringComparer.Ordinal);

    private static ForeignKey Build(Relation.ForeignKey relation, Names names)
    {
        var from = names.Entities[relation.From];
        var to = names.Entities[relation.To];
        return new(
            relation.ConstraintName,
            [.. relation.FromColumnsFields.Items.Select(f => from.Field(f).ColumnName)],
            names.Of(to),
            [.. relation.ToColumnsFields.Items.Select(f => to.Field(f).ColumnName)],
            relation.OnDelete,
            relation.OnUpdate);
    }

    /// <summary>Implicit many-to-many relations have no model; their tables come after those of the models.</summary>
    private static IEnumerable<Table> JoinTables(SchemaModel model, Names names, bool withKeys)
    {
        var order = model.Entities.Items.Select((e, i) => (e.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
        return model.Relations.Items.OfType<Relation.ManyToMany>()
            .Where(r => !names.Entities[r.A].IsView && !names.Entities[r.B].IsView)
            .OrderBy(r => order[r.A])
            .ThenBy(r => FieldIndex(names.Entities[r.A], r.AField))
            .Select(r => JoinTable(r, names, withKeys))
            .OfType<Table>();
    }

    private static Table? JoinTable(Relation.ManyToMany relation, Names names, bool withKeys)
    {
        var (a, b) = (names.Entities[relation.A], names.Entities[relation.B]);
        if (a.PrimaryKey is not { Fields: [var aKey, ..] } || b.PrimaryKey is not { Fields: [var bKey, ..] })
        {
            return null;
        }

        var (aField, bField) = (a.Field(aKey.FieldName), b.Field(bKey.FieldName));
        var table = Cut(relation.TableName, LongestName);
        return new Table(
            new(names.Of(a).Schema, table),
            [JoinColumn("A", aField, names), JoinColumn("B", bField, names)],
            new PrimaryKey(Cut(table, LongestName - "_AB_pkey".Length) + "_AB_pkey", [new("A", false, null), new("B", false, null)]),
            [new Index(Cut(table, LongestName - "_B_index".Length) + "_B_index", false, IndexType.BTree, [new("B", false, null)], false, null)],
            withKeys ? [JoinKey(table, "A", a, aField, names), JoinKey(table, "B", b, bField, names)] : []);
    }

    private static Column JoinColumn(string name, ScalarField field, Names names) =>
        new(name, Type(field, names), FieldArity.Required, null, AutoIncrement: false);

    private static ForeignKey JoinKey(string table, string column, Entity to, ScalarField field, Names names) =>
        new(
            $"{StoredNames.Cut(table, LongestName - "_A_fkey".Length)}_{column}_fkey",
            [column],
            names.Of(to),
            [field.ColumnName],
            ReferentialAction.Cascade,
            ReferentialAction.Cascade);

    private static int FieldIndex(Entity entity, string? field)
    {
        for (var i = 0; i < entity.RelationFields.Count; i++)
        {
            if (entity.RelationFields[i].Name == field)
            {
                return i;
            }
        }

        return entity.RelationFields.Count;
    }

    private static string Cut(string name, int length) => name.Length <= length ? name : name[..length];
}
