using System.Diagnostics;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Text;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>
/// A catalog as bytes; equal catalogs are equal bytes. Written by hand, because the published tool is trimmed and must start
/// quickly; a test fills every member of every record and reads it back, so that none can be forgotten.
/// </summary>
internal sealed class CatalogEncoder(BinaryWriter bytes)
{
    public static byte[] Encode(Database database)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
        {
            new CatalogEncoder(writer).Write(database);
        }

        return memory.ToArray();
    }

    private void Write(Database database)
    {
        bytes.Write7BitEncodedInt((int)database.Origin);
        bytes.Write(database.QualifyNames);
        bytes.Write(database.SeesPartialIndexes);
        bytes.Write(database.SeesObjects);
        bytes.Write(database.DefaultSchema);
        Texts(database.Schemas);
        List(database.Extensions, e =>
        {
            bytes.Write(e.Name);
            Optional(e.Version);
            Optional(e.Schema);
            bytes.Write(e.IsRelocatable);
        });
        List(database.Enums, e =>
        {
            Name(e.Name);
            Texts(e.Values);
            Optional(e.Comment);
        });
        List(database.Sequences, s =>
        {
            Name(s.Name);
            if (Present(s.OwnedBy) is { } owner)
            {
                Name(owner.Table);
                bytes.Write(owner.Column);
            }
        });
        List(database.Tables, Write);
        List(database.Views, v =>
        {
            Name(v.Name);
            List(v.Columns, Write);
            Optional(v.Definition);
            Optional(v.Comment);
        });
        List(database.Objects, o =>
        {
            Id(o.Id);
            bytes.Write(o.Definition);
        });
        List(database.Dependencies, d =>
        {
            Id(d.Of);
            Id(d.On);
            bytes.Write7BitEncodedInt((int)d.Kind);
        });
    }

    private void Write(Table table)
    {
        Name(table.Name);
        List(table.Columns, Write);
        if (Present(table.PrimaryKey) is { } key)
        {
            bytes.Write(key.Name);
            List(key.Columns, Write);
        }

        List(table.Indexes, i =>
        {
            bytes.Write(i.Name);
            bytes.Write(i.IsUnique);
            bytes.Write7BitEncodedInt((int)i.Type);
            List(i.Columns, Write);
            bytes.Write(i.IsConstraint);
            Optional(i.Where);
        });
        List(table.ForeignKeys, k =>
        {
            bytes.Write(k.Name);
            Texts(k.Columns);
            Name(k.ReferencedTable);
            Texts(k.ReferencedColumns);
            bytes.Write7BitEncodedInt((int)k.OnDelete);
            bytes.Write7BitEncodedInt((int)k.OnUpdate);
        });
        Write(table.Traits);
        Optional(table.PartitionBy);
    }

    private void Write(TableTraits traits)
    {
        bytes.Write(traits.IsPartition);
        bytes.Write(traits.HasSubclasses);
        bytes.Write(traits.RowSecurity);
        Optional(traits.Comment);
        Texts(traits.CheckConstraints);
        Texts(traits.ExclusionConstraints);
        Texts(traits.DeferrableConstraints);
        Texts(traits.ExpressionIndexes);
        Texts(traits.NullsOrderIndexes);
        Texts(traits.GeneratedColumns);
    }

    private void Write(Column column)
    {
        bytes.Write(column.Name);
        Write(column.Type);
        bytes.Write7BitEncodedInt((int)column.Arity);
        if (Present(column.Default) is { } value)
        {
            Write(value);
        }

        bytes.Write(column.AutoIncrement);
        bytes.Write(column.IsIdentity);
        bytes.Write(column.HasClientDefault);
        Optional(column.Comment);
        Optional(column.Generated);
    }

    private void Write(IndexColumn column)
    {
        bytes.Write(column.Name);
        bytes.Write(column.Descending);
        Optional(column.OperatorClass);
        bytes.Write(column.SaysAscending);
    }

    private void Write(ColumnType type)
    {
        switch (type)
        {
            case ColumnType.Native(var native):
                bytes.Write('n');
                bytes.Write7BitEncodedInt((int)native.Kind);
                Optional(native.First);
                Optional(native.Second);
                break;
            case ColumnType.Enum(var name):
                bytes.Write('e');
                Name(name);
                break;
            case ColumnType.Unsupported(var text):
                bytes.Write('u');
                bytes.Write(text);
                break;
            default:
                throw new UnreachableException(type.GetType().Name);
        }
    }

    private void Write(ColumnDefault value)
    {
        switch (value)
        {
            case ColumnDefault.Text(var text):
                bytes.Write('t');
                bytes.Write(text);
                break;
            case ColumnDefault.Number(var number):
                bytes.Write('#');
                bytes.Write(number);
                break;
            case ColumnDefault.Boolean(var boolean):
                bytes.Write('b');
                bytes.Write(boolean);
                break;
            case ColumnDefault.Bytes(var content):
                bytes.Write('x');
                List(content, bytes.Write);
                break;
            case ColumnDefault.EnumLabel(var label):
                bytes.Write('e');
                bytes.Write(label);
                break;
            case ColumnDefault.List(var items):
                bytes.Write('l');
                List(items, Write);
                break;
            case ColumnDefault.Now:
                bytes.Write('c');
                break;
            case ColumnDefault.NextValue(var sequence):
                bytes.Write('s');
                bytes.Write(sequence);
                break;
            case ColumnDefault.Expression(var sql):
                bytes.Write('f');
                Optional(sql);
                break;
            default:
                throw new UnreachableException(value.GetType().Name);
        }
    }

    private void Id(ObjectId id)
    {
        bytes.Write7BitEncodedInt((int)id.Kind);
        bytes.Write(id.Schema);
        bytes.Write(id.Name);
        bytes.Write(id.Part);
    }

    private void Name(ObjectName name)
    {
        bytes.Write(name.Schema);
        bytes.Write(name.Name);
    }

    private void Texts(EquatableArray<string> texts) => List(texts, bytes.Write);

    private void List<T>(EquatableArray<T> items, Action<T> write)
    {
        bytes.Write7BitEncodedInt(items.Count);
        foreach (var item in items)
        {
            write(item);
        }
    }

    private void Optional(string? text)
    {
        if (Present(text) is { } value)
        {
            bytes.Write(value);
        }
    }

    private void Optional(int? number)
    {
        bytes.Write(number is not null);
        if (number is { } value)
        {
            bytes.Write7BitEncodedInt(value);
        }
    }

    private T? Present<T>(T? value)
        where T : class
    {
        bytes.Write(value is not null);
        return value;
    }
}
