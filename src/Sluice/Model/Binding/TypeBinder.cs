using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>Second stage: what each field's type refers to.</summary>
internal static class TypeBinder
{
    private static readonly Dictionary<string, FieldType> Scalars = Enum.GetValues<ScalarKind>()
        .ToDictionary(k => k.ToString(), FieldType (k) => new FieldType.Scalar(k), StringComparer.Ordinal);

    public static void Bind(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            foreach (var syntax in entity.Syntax.Fields)
            {
                if (Resolve(entity, syntax) is { } field && entity.FieldsByName.TryAdd(field.Name, field))
                {
                    entity.Fields.Add(field);
                }
            }
        }
    }

    public static bool IsScalar(string name) => Scalars.ContainsKey(name);

    private static FieldBinding? Resolve(EntityBinding entity, FieldSyntax syntax)
    {
        var type = syntax.Type;
        if (type.UnsupportedText is { } text)
        {
            return new ScalarFieldBinding(entity, syntax, new FieldType.Unsupported(text));
        }

        if (Scalars.TryGetValue(type.Name, out var scalar))
        {
            return new ScalarFieldBinding(entity, syntax, scalar);
        }

        if (entity.Schema.EntitiesByName.TryGetValue(type.Name, out var target))
        {
            return new RelationFieldBinding(entity, syntax, target);
        }

        if (entity.Schema.EnumsByName.ContainsKey(type.Name))
        {
            return new ScalarFieldBinding(entity, syntax, new FieldType.Enum(type.Name));
        }

        entity.Report(type.Span, TypeMistakes.Unknown(type.Name));
        return null;
    }
}
