using System.Collections.Frozen;
using Sluice.Model.Mistakes;
using Sluice.Syntax;

namespace Sluice.Model.Binding;

/// <summary>Second stage: what each field's type refers to. A field whose type is unknown is left out of its entity.</summary>
internal static class TypeBinder
{
    private static readonly FrozenDictionary<string, FieldType> Scalars = Enum.GetValues<ScalarKind>()
        .ToFrozenDictionary(k => k.ToString(), FieldType (k) => new FieldType.Scalar(k), StringComparer.Ordinal);

    public static void Bind(SchemaBinding schema)
    {
        foreach (var entity in schema.Entities)
        {
            foreach (var syntax in entity.Syntax.Fields)
            {
                if (Resolve(entity, syntax) is { } field)
                {
                    entity.Fields.Add(field);
                    entity.FieldsByName[field.Name] = field;
                }
            }
        }

        foreach (var composite in schema.Composites)
        {
            foreach (var syntax in composite.Syntax.Fields)
            {
                if (Resolve(composite, syntax) is { } field)
                {
                    composite.Fields.Add(field);
                }
            }
        }

        foreach (var binding in schema.Enums.Where(e => e.Values.Count == 0))
        {
            binding.Report(binding.Syntax.Span, TypeMistakes.EmptyEnum(binding.Name));
        }
    }

    public static bool IsScalar(string name) => Scalars.ContainsKey(name);

    private static FieldBinding? Resolve(EntityBinding entity, FieldSyntax syntax)
    {
        if (entity.Schema.EntitiesByName.TryGetValue(syntax.Type.Name, out var target)
            && syntax.Type.UnsupportedText is null
            && !IsScalar(syntax.Type.Name))
        {
            return new RelationFieldBinding(entity, syntax, target);
        }

        if (ResolveColumn(entity.Schema, syntax.Type) is { } type)
        {
            return new ScalarFieldBinding(entity, syntax, type, FindComposite(entity.Schema, syntax.Type));
        }

        entity.Report(syntax.Type.Span, Unknown(entity.Schema, syntax.Type.Name));
        return null;
    }

    private static CompositeFieldBinding? Resolve(CompositeBinding composite, FieldSyntax syntax)
    {
        if (ResolveColumn(composite.Schema, syntax.Type) is { } type)
        {
            return new CompositeFieldBinding(composite, syntax, type, FindComposite(composite.Schema, syntax.Type));
        }

        composite.Report(syntax.Type.Span, composite.Schema.EntitiesByName.ContainsKey(syntax.Type.Name)
            ? TypeMistakes.RelationInComposite(composite.Name, syntax.Type.Name)
            : Unknown(composite.Schema, syntax.Type.Name));
        return null;
    }

    private static Mistake Unknown(SchemaBinding schema, string type) => TypeMistakes.Unknown(
        type, Spelling.Nearest(type, Scalars.Keys.Concat(schema.EnumsByName.Keys).Concat(schema.EntitiesByName.Keys)));

    private static FieldType? ResolveColumn(SchemaBinding schema, TypeSyntax type)
    {
        if (type.UnsupportedText is { } text)
        {
            return new FieldType.Unsupported(text);
        }

        if (Scalars.TryGetValue(type.Name, out var scalar))
        {
            return scalar;
        }

        if (schema.EnumsByName.ContainsKey(type.Name))
        {
            return new FieldType.Enum(type.Name);
        }

        return schema.CompositesByName.ContainsKey(type.Name) ? new FieldType.Unsupported(type.Name) : null;
    }

    private static CompositeBinding? FindComposite(SchemaBinding schema, TypeSyntax type) =>
        type.UnsupportedText is null && !IsScalar(type.Name) && !schema.EnumsByName.ContainsKey(type.Name)
            ? schema.CompositesByName.GetValueOrDefault(type.Name)
            : null;
}
