using System.Collections.Immutable;
using Sluice.Catalog;
using Index = Sluice.Catalog.Index;

namespace Sluice.Diff.Renames;

/// <summary>A catalog as it is after renames: PostgreSQL lets everything that refers to a renamed thing follow.</summary>
internal sealed class RenamedCatalog
{
    private readonly Dictionary<ObjectName, ObjectName> tables;
    private readonly Dictionary<ObjectName, ObjectName> enums;
    private readonly Dictionary<(ObjectName, string), string> columns;
    private readonly Dictionary<(ObjectName, string), string> values;
    private readonly Dictionary<ObjectName, ObjectName> sequences;

    private RenamedCatalog(ImmutableArray<Rename> renames)
    {
        tables = renames.OfType<Rename.Table>().ToDictionary(r => r.From, r => r.To);
        enums = renames.OfType<Rename.Enum>().ToDictionary(r => r.From, r => r.To);
        columns = renames.OfType<Rename.Column>().ToDictionary(r => (r.Of, r.From), r => r.To);
        values = renames.OfType<Rename.EnumValue>().ToDictionary(r => (r.Of, r.From), r => r.To);
        sequences = renames.OfType<Rename.Sequence>().ToDictionary(r => r.From, r => r.To);
    }

    public static Database Of(Database database, ImmutableArray<Rename> renames)
    {
        if (renames.IsEmpty)
        {
            return database;
        }

        var renamed = new RenamedCatalog(renames);
        var objects = new RenamedObjects(database, renamed.Table, renamed.Enum, n => renamed.sequences.GetValueOrDefault(n, n), renamed.Column);
        return database with
        {
            Enums = [.. database.Enums.Items.Select(renamed.Of)],
            Sequences = [.. database.Sequences.Items.Select(renamed.Of)],
            Tables = [.. database.Tables.Items.Select(renamed.Of)],
            Objects = [.. objects.Objects],
            Dependencies = [.. objects.Dependencies],
            Views = [.. database.Views.Items.Select(v => v with { Columns = [.. v.Columns.Items.Select(c => c with { Type = renamed.Of(c.Type) })] })],
        };
    }

    private EnumType Of(EnumType type)
    {
        var name = Enum(type.Name);
        return type with { Name = name, Values = [.. type.Values.Items.Select(v => Value(name, v))] };
    }

    private Sequence Of(Sequence sequence)
    {
        // Moved with the table that owns it.
        var table = sequence.OwnedBy is { } owner ? Table(owner.Table) : default;
        var name = sequence.OwnedBy?.Table.Schema == sequence.Name.Schema ? sequence.Name with { Schema = table.Schema } : sequence.Name;
        return new(
            sequences.GetValueOrDefault(name, name),
            sequence.OwnedBy is null ? null : new SequenceOwner(table, Column(table, sequence.OwnedBy.Column)));
    }

    private Table Of(Table table)
    {
        var name = Table(table.Name);
        return table with
        {
            Name = name,
            Columns = [.. table.Columns.Items.Select(c => Of(c, name))],
            PrimaryKey = table.PrimaryKey is { } key ? key with { Columns = Of(key.Columns.Items, name) } : null,
            Indexes = [.. table.Indexes.Items.Select(i => Of(i, name))],
            ForeignKeys = [.. table.ForeignKeys.Items.Select(k => Of(k, name))],
        };
    }

    private Column Of(Column column, ObjectName table)
    {
        var type = Of(column.Type);
        return column with { Name = Column(table, column.Name), Type = type, Default = Of(column.Default, type, table) };
    }

    private ColumnType Of(ColumnType type) => type is ColumnType.Enum { Name: var name } ? new ColumnType.Enum(Enum(name)) : type;

    private ColumnDefault? Of(ColumnDefault? value, ColumnType type, ObjectName table) => (value, type) switch
    {
        (ColumnDefault.EnumLabel label, ColumnType.Enum { Name: var name }) => new ColumnDefault.EnumLabel(Value(name, label.Value)),
        (ColumnDefault.List list, _) => new ColumnDefault.List([.. list.Items.Items.Select(i => Of(i, type, table)!)]),
        (ColumnDefault.NextValue next, _) => new ColumnDefault.NextValue(sequences.GetValueOrDefault(table with { Name = next.Sequence }, new(table.Schema, next.Sequence)).Name),
        _ => value,
    };

    private Index Of(Index index, ObjectName table) => index with
    {
        Columns = Of(index.Columns.Items, table),
        Where = index.Where is { } predicate ? RenamedExpression.Of(predicate, name => Column(table, name)) : null,
    };

    private Sluice.Text.EquatableArray<IndexColumn> Of(ImmutableArray<IndexColumn> list, ObjectName table) =>
        [.. list.Select(c => c with { Name = Column(table, c.Name) })];

    private ForeignKey Of(ForeignKey key, ObjectName table)
    {
        var referenced = Table(key.ReferencedTable);
        return key with
        {
            Columns = [.. key.Columns.Items.Select(c => Column(table, c))],
            ReferencedTable = referenced,
            ReferencedColumns = [.. key.ReferencedColumns.Items.Select(c => Column(referenced, c))],
        };
    }

    private ObjectName Table(ObjectName name) => tables.GetValueOrDefault(name, name);

    private ObjectName Enum(ObjectName name) => enums.GetValueOrDefault(name, name);

    private string Column(ObjectName table, string name) => columns.GetValueOrDefault((table, name), name);

    private string Value(ObjectName type, string value) => values.GetValueOrDefault((type, value), value);
}
