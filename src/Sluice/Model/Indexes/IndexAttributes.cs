using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>Reads `@unique` on fields and `@@unique`, `@@index`, `@@fulltext` on blocks.</summary>
internal static class IndexAttributes
{
    public static void ReadFieldUnique(ScalarFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("unique") is not { } reader)
        {
            return;
        }

        field.Entity.Indexes.Add(new IndexBinding(reader.Syntax, IndexKind.Unique, field, [IndexArguments.Field(field, reader)])
        {
            ConstraintName = IndexArguments.Map(reader),
            HasClustering = IndexArguments.Clustering(reader),
            Where = PartialIndex.Read(field.Entity, reader),
        });
        reader.Finish();
    }

    public static void ReadBlockIndexes(EntityBinding entity, AttributeSet attributes)
    {
        foreach (var reader in attributes.All("index"))
        {
            ReadIndex(entity, reader);
        }

        foreach (var reader in attributes.All("unique"))
        {
            ReadUnique(entity, reader);
        }

        foreach (var reader in attributes.All("fulltext"))
        {
            entity.Indexes.Add(new IndexBinding(reader.Syntax, IndexKind.FullText, null, ReadFields(entity, reader))
            {
                ConstraintName = IndexArguments.Map(reader),
            });
            reader.Finish();
        }
    }

    private static void ReadIndex(EntityBinding entity, AttributeReader reader)
    {
        var fields = ReadFields(entity, reader);

        // Before there was `map`, the name in the database was written `name`.
        var name = IndexArguments.Name(reader);
        var map = IndexArguments.Map(reader);
        if (name is not null && map is not null)
        {
            reader.Report(IndexMistakes.NameAndMap());
        }

        entity.Indexes.Add(new IndexBinding(reader.Syntax, IndexKind.Plain, null, fields)
        {
            ConstraintName = map ?? name,
            Type = ReadType(reader),
            HasClustering = IndexArguments.Clustering(reader),
            Where = PartialIndex.Read(entity, reader),
        });
        reader.Finish();
    }

    private static void ReadUnique(EntityBinding entity, AttributeReader reader)
    {
        entity.Indexes.Add(new IndexBinding(reader.Syntax, IndexKind.Unique, null, ReadFields(entity, reader))
        {
            ClientName = IndexArguments.ClientName(reader),
            ConstraintName = IndexArguments.Map(reader),
            HasClustering = IndexArguments.Clustering(reader),
            Where = PartialIndex.Read(entity, reader),
        });
        reader.Finish();
    }

    private static IReadOnlyList<IndexFieldBinding> ReadFields(EntityBinding entity, AttributeReader reader) =>
        reader.Default("fields") is { } value
            ? IndexFieldList.Read(entity, reader, value, reader.Syntax.Span, followPaths: true) ?? []
            : [];

    private static IndexType? ReadType(AttributeReader reader)
    {
        if (reader.Optional("type") is not { } value || reader.AsConstant(value) is not { } name)
        {
            return null;
        }

        switch (name)
        {
            case "BTree":
                return IndexType.BTree;
            case "Hash":
                return IndexType.Hash;
            case "Gin":
                return IndexType.Gin;
            case "Gist":
                return IndexType.Gist;
            case "SpGist":
                return IndexType.SpGist;
            case "Brin":
                return IndexType.Brin;
            default:
                reader.Report(value.Span, IndexMistakes.UnknownType(name));
                return null;
        }
    }
}
