using System.Diagnostics;
using Npgsql;
using Sluice.Catalog;
using Sluice.Model;

namespace Sluice.Postgres.Reading;

internal sealed partial class CatalogAssembly
{
    private const int DescendingBit = 1;
    private const int NullsFirstBit = 2;

    private void ReadIndex(NpgsqlDataReader row)
    {
        if (!relationsByOid.TryGetValue(row.Oid(0), out var table) || table.IsView)
        {
            return;
        }

        var name = row.Text(1);
        var keys = row.Numbers(4);
        if (keys.Contains((short)0))
        {
            table.ExpressionIndexes.Add(name);
            return;
        }

        var type = TypeOf(row.Text(7));
        var isPrimary = row.GetBoolean(3);
        var options = row.Numbers(6);
        var columns = Columns(table, type, keys, row.GetFieldValue<uint[]>(5), options);
        if (row.GetBoolean(9))
        {
            table.DeferrableConstraints.Add(name);
        }

        if (isPrimary)
        {
            table.PrimaryKey = new PrimaryKey(name, [.. columns]);
            return;
        }

        if (type is IndexType.BTree && options.Any(o => (o & DescendingBit) == 0 == ((o & NullsFirstBit) != 0)))
        {
            table.NullsOrderIndexes.Add(name);
        }

        table.Indexes.Add(new Sluice.Catalog.Index(name, row.GetBoolean(2), type, [.. columns], row.TextOrNull(8) == "u", row.TextOrNull(10)));
    }

    // A covering index's further columns count as columns, as Prisma has it; they have neither order nor operator class.
    private IEnumerable<IndexColumn> Columns(RelationParts table, IndexType type, short[] keys, uint[] classes, short[] options) =>
        keys.Select((key, i) => new IndexColumn(
            table.ColumnName(key) ?? throw new UnreachableException($"index on an unknown column of {table.Name}"),
            i < options.Length && (options[i] & DescendingBit) != 0,
            i < classes.Length ? OperatorClass(type, classes[i]) : null));

    private string? OperatorClass(IndexType type, uint oid) =>
        type is not IndexType.Hash && operatorClasses.TryGetValue(oid, out var found) && !found.IsDefault ? found.Name : null;

    private void ReadForeignKey(NpgsqlDataReader row)
    {
        // Keys that leave the schemas that were asked for cannot be said; neither can those of partitions.
        if (!relationsByOid.TryGetValue(row.Oid(0), out var table) || !relationsByOid.TryGetValue(row.Oid(3), out var referenced))
        {
            return;
        }

        var name = row.Text(1);
        table.ForeignKeys.Add(new ForeignKey(
            name,
            [.. row.Numbers(2).Select(n => table.ColumnName(n)!)],
            referenced.Name,
            [.. row.Numbers(4).Select(n => referenced.ColumnName(n)!)],
            Action(row.Text(5)),
            Action(row.Text(6))));
        if (row.GetBoolean(7))
        {
            table.DeferrableConstraints.Add(name);
        }
    }

    private void ReadOtherConstraint(NpgsqlDataReader row)
    {
        if (relationsByOid.TryGetValue(row.Oid(0), out var table))
        {
            (row.Text(2) == "c" ? table.CheckConstraints : table.ExclusionConstraints).Add(row.Text(1));
        }
    }

    private static IndexType TypeOf(string accessMethod) => accessMethod switch
    {
        "hash" => IndexType.Hash,
        "gist" => IndexType.Gist,
        "gin" => IndexType.Gin,
        "spgist" => IndexType.SpGist,
        "brin" => IndexType.Brin,
        _ => IndexType.BTree,
    };

    private static ReferentialAction Action(string code) => code switch
    {
        "a" => ReferentialAction.NoAction,
        "r" => ReferentialAction.Restrict,
        "c" => ReferentialAction.Cascade,
        "n" => ReferentialAction.SetNull,
        "d" => ReferentialAction.SetDefault,
        _ => throw new UnreachableException($"foreign key action {code}"),
    };
}
