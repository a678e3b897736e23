using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Model;
using Sluice.Syntax;
using Sluice.Text;
using Index = Sluice.Catalog.Index;

namespace Sluice.Postgres.Shadow.Cache;

/// <summary>The way back from what <see cref="CatalogEncoder"/> wrote. The bytes are known to be whole.</summary>
internal sealed class CatalogDecoder(BinaryReader bytes)
{
    public static Database Decode(byte[] encoded)
    {
        using var reader = new BinaryReader(new MemoryStream(encoded, writable: false));
        return new CatalogDecoder(reader).Database();
    }

    private Database Database()
    {
        var origin = (CatalogOrigin)bytes.Read7BitEncodedInt();
        var qualifies = bytes.ReadBoolean();
        var seesPartial = bytes.ReadBoolean();
        var seesObjects = bytes.ReadBoolean();
        return new Database(
            origin,
            qualifies,
            bytes.ReadString(),
            Texts(),
            List(() => new Extension(bytes.ReadString(), OptionalText(), OptionalText()) { IsRelocatable = bytes.ReadBoolean() }),
            List(() => new EnumType(Name(), Texts()) { Comment = OptionalText() }),
            List(() => new Sequence(Name(), bytes.ReadBoolean() ? new SequenceOwner(Name(), bytes.ReadString()) : null)),
            List(Table),
            List(() => new View(Name(), List(Column), OptionalText()) { Comment = OptionalText() }))
        {
            SeesPartialIndexes = seesPartial,
            SeesObjects = seesObjects,
            Objects = List(() => new SqlObject(Id(), bytes.ReadString())),
            Dependencies = List(() => new Dependency(Id(), Id(), (DependencyKind)bytes.Read7BitEncodedInt())),
        };
    }

    private Table Table() => new(
        Name(),
        List(Column),
        bytes.ReadBoolean() ? new PrimaryKey(bytes.ReadString(), List(IndexColumn)) : null,
        List(() => new Index(bytes.ReadString(), bytes.ReadBoolean(), (IndexType)bytes.Read7BitEncodedInt(), List(IndexColumn), bytes.ReadBoolean(), OptionalText())),
        List(() => new ForeignKey(bytes.ReadString(), Texts(), Name(), Texts(), (ReferentialAction)bytes.Read7BitEncodedInt(), (ReferentialAction)bytes.Read7BitEncodedInt())))
    {
        Traits = Traits(),
        PartitionBy = OptionalText(),
    };

    private TableTraits Traits() =>
        new(bytes.ReadBoolean(), bytes.ReadBoolean(), bytes.ReadBoolean(), OptionalText(), Texts(), Texts(), Texts(), Texts(), Texts())
        {
            GeneratedColumns = Texts(),
        };

    private Column Column() => new(
        bytes.ReadString(),
        Type(),
        (FieldArity)bytes.Read7BitEncodedInt(),
        bytes.ReadBoolean() ? Default() : null,
        bytes.ReadBoolean())
    {
        IsIdentity = bytes.ReadBoolean(),
        HasClientDefault = bytes.ReadBoolean(),
        Comment = OptionalText(),
        Generated = OptionalText(),
    };

    private IndexColumn IndexColumn() => new(bytes.ReadString(), bytes.ReadBoolean(), OptionalText()) { SaysAscending = bytes.ReadBoolean() };

    private ColumnType Type() => bytes.ReadChar() switch
    {
        'n' => new ColumnType.Native(new NativeType((NativeKind)bytes.Read7BitEncodedInt(), OptionalNumber(), OptionalNumber())),
        'e' => new ColumnType.Enum(Name()),
        'u' => new ColumnType.Unsupported(bytes.ReadString()),
        var other => throw new InvalidDataException($"no type begins with {other}"),
    };

    private ColumnDefault Default() => bytes.ReadChar() switch
    {
        't' => new ColumnDefault.Text(bytes.ReadString()),
        '#' => new ColumnDefault.Number(bytes.ReadString()),
        'b' => new ColumnDefault.Boolean(bytes.ReadBoolean()),
        'x' => new ColumnDefault.Bytes(List(bytes.ReadByte)),
        'e' => new ColumnDefault.EnumLabel(bytes.ReadString()),
        'l' => new ColumnDefault.List(List(Default)),
        'c' => new ColumnDefault.Now(),
        's' => new ColumnDefault.NextValue(bytes.ReadString()),
        'f' => new ColumnDefault.Expression(OptionalText()),
        var other => throw new InvalidDataException($"no default begins with {other}"),
    };

    private ObjectId Id() => new((ObjectKind)bytes.Read7BitEncodedInt(), bytes.ReadString(), bytes.ReadString(), bytes.ReadString());

    private ObjectName Name() => new(bytes.ReadString(), bytes.ReadString());

    private EquatableArray<string> Texts() => List(bytes.ReadString);

    private string? OptionalText() => bytes.ReadBoolean() ? bytes.ReadString() : null;

    private int? OptionalNumber() => bytes.ReadBoolean() ? bytes.Read7BitEncodedInt() : null;

    private EquatableArray<T> List<T>(Func<T> read)
    {
        var items = ImmutableArray.CreateBuilder<T>(bytes.Read7BitEncodedInt());
        while (items.Count < items.Capacity)
        {
            items.Add(read());
        }

        return items.MoveToImmutable();
    }
}
