using Npgsql;
using Sluice.Catalog;

namespace Sluice.Postgres.Reading;

/// <summary>Puts the rows together. Objects are found by their number in the catalog, never by name.</summary>
internal sealed partial class CatalogAssembly(ResultReader results)
{
    private readonly List<string> schemas = [];
    private readonly List<Extension> extensions = [];
    private readonly List<EnumType> enums = [];
    private readonly Dictionary<uint, ObjectName> enumTypes = [];
    private readonly List<RelationParts> relations = [];
    private readonly Dictionary<uint, RelationParts> relationsByOid = [];
    private readonly Dictionary<uint, (string Name, bool IsDefault)> operatorClasses = [];
    private readonly List<Sequence> sequences = [];

    public async Task ReadAsync()
    {
        await results.ForEachAsync(row => schemas.Add(row.Text(0)));
        await results.ForEachAsync(row => extensions.Add(new Extension(row.Text(0), row.Text(1), row.Text(2)) { IsRelocatable = row.GetBoolean(3) }));
        await results.ForEachAsync(ReadEnum);
        await results.ForEachAsync(ReadRelation);
        await results.ForEachAsync(ReadColumn);
        await results.ForEachAsync(row => operatorClasses[row.Oid(0)] = (row.Text(1), row.GetBoolean(2)));
        await results.ForEachAsync(ReadIndex);
        await results.ForEachAsync(ReadForeignKey);
        await results.ForEachAsync(ReadOtherConstraint);
        await results.ForEachAsync(ReadSequence);
    }

    public Database Build(string defaultSchema, bool qualifyNames) => new(
        CatalogOrigin.Server,
        qualifyNames,
        defaultSchema,
        qualifyNames ? [.. schemas] : [],
        [.. extensions],
        [.. enums],
        [.. sequences],
        [.. relations.Where(r => !r.IsView).Select(r => r.ToTable())],
        [.. relations.Where(r => r.IsView).Select(r => r.ToView())])
    {
        SeesObjects = seesObjects,
        Objects = [.. objects],
        Dependencies = [.. dependencies],
    };

    private void ReadEnum(NpgsqlDataReader row)
    {
        var name = new ObjectName(row.Text(2), row.Text(3));
        enums.Add(new EnumType(name, [.. row.GetFieldValue<string[]>(4)]) { Comment = row.TextOrNull(5) });
        enumTypes[row.Oid(0)] = name;
        enumTypes[row.Oid(1)] = name;
    }

    private void ReadRelation(NpgsqlDataReader row)
    {
        var kind = row.Text(3);
        var hasSubclasses = row.GetBoolean(4);
        var relation = new RelationParts(new ObjectName(row.Text(1), row.Text(2)), kind == "v")
        {
            IsPartition = hasSubclasses && kind == "p",
            HasSubclasses = hasSubclasses && kind == "r",
            RowSecurity = row.GetBoolean(5),
            Comment = row.TextOrNull(6),
            Definition = row.TextOrNull(7),
        };
        relations.Add(relation);
        relationsByOid[row.Oid(0)] = relation;
    }

    private void ReadSequence(NpgsqlDataReader row)
    {
        var owner = !row.IsDBNull(2) && relationsByOid.TryGetValue(row.Oid(2), out var table)
            && table.ColumnName(row.GetInt16(3)) is { } column
            ? new SequenceOwner(table.Name, column)
            : null;
        sequences.Add(new Sequence(new ObjectName(row.Text(0), row.Text(1)), owner));
    }
}
