using Sluice.Model.Binding;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>Which types of fields PostgreSQL can index, by index type and operator class.</summary>
internal static class IndexTypeRules
{
    public static void Check(EntityBinding entity)
    {
        if (entity.IsView || !entity.Schema.HasDatasource)
        {
            return;
        }

        foreach (var index in entity.Indexes)
        {
            CheckXml(entity, index);
            foreach (var field in index.Fields.Where(f => f.RawClass is null && f.Inner is null))
            {
                CheckField(entity, index, field);
            }

            if (index.Type is IndexType.SpGist && index.Fields.Count != 1)
            {
                entity.Report(index.Attribute.Span, OperatorClassMistakes.SpGistTakesOneField());
            }
        }
    }

    private static void CheckXml(EntityBinding entity, IndexBinding index)
    {
        var xml = index.Fields.FirstOrDefault(f => f.Field is { HasNativeAttribute: true, NativeType.Kind: NativeKind.Xml });
        if (xml is not null)
        {
            entity.Report(xml.Field.Syntax.Span, OperatorClassMistakes.Xml(xml.Field.Name, index.AttributeName));
        }
    }

    private static void CheckField(EntityBinding entity, IndexBinding index, IndexFieldBinding indexed)
    {
        var type = index.Type ?? IndexType.BTree;
        var field = indexed.Field;
        if (indexed.NamedClass is { } named)
        {
            if (!named.Types.Contains(type))
            {
                entity.Report(index.Attribute.Span, OperatorClassMistakes.WrongIndexType(named, type));
            }
            else if (!named.Supports(field))
            {
                entity.Report(index.Attribute.Span, OperatorClassMistakes.WrongField(named, type, field));
            }
        }
        else if (!HasDefaultClass(type, field))
        {
            entity.Report(index.Attribute.Span, OperatorClassMistakes.NoDefault(type, field));
        }
    }

    private static bool HasDefaultClass(IndexType type, ScalarFieldBinding field) => type switch
    {
        IndexType.BTree or IndexType.Hash => true,
        IndexType.Gin when field.Arity is FieldArity.List => true,

        // What an unsupported type can do is the author's to know.
        _ when field.IsUnsupported => true,
        _ when field.HasNativeAttribute => HasDefaultClass(type, field.NativeType!.Kind),
        IndexType.Gin => field.Scalar is ScalarKind.Json,
        IndexType.Gist or IndexType.SpGist => field.Scalar is ScalarKind.String,
        _ => field.Scalar is not (null or ScalarKind.Boolean or ScalarKind.Json),
    };

    private static bool HasDefaultClass(IndexType type, NativeKind kind) => type switch
    {
        IndexType.Gin => kind is NativeKind.JsonB,
        IndexType.SpGist => kind is NativeKind.Inet or NativeKind.Text or NativeKind.VarChar or NativeKind.Char,
        IndexType.Brin => kind
            is not (NativeKind.Boolean or NativeKind.Citext or NativeKind.Money or NativeKind.Xml or NativeKind.Json or NativeKind.JsonB),
        _ => false,
    };
}
