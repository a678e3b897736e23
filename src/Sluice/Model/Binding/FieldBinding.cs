using Sluice.Model.Relations;
using Sluice.Syntax;
using Sluice.Text;

namespace Sluice.Model.Binding;

/// <summary>A field whose type has been resolved.</summary>
internal abstract class FieldBinding(EntityBinding entity, FieldSyntax syntax)
{
    public EntityBinding Entity { get; } = entity;

    public FieldSyntax Syntax { get; } = syntax;

    public string Name => Syntax.Name.Name;

    public FieldArity Arity => Syntax.Type.Arity;

    public bool IsIgnored { get; set; }

    public void Report(TextSpan span, Mistake mistake) => Entity.Report(span, mistake);
}

internal sealed class ScalarFieldBinding(EntityBinding entity, FieldSyntax syntax, FieldType type, CompositeBinding? composite = null)
    : FieldBinding(entity, syntax)
{
    public FieldType Type { get; } = type;

    /// <summary>The composite type, when the field has one; such a schema never becomes valid.</summary>
    public CompositeBinding? Composite { get; } = composite;

    /// <summary>`@map`, else null.</summary>
    public string? MappedName { get; set; }

    /// <summary>`@map`, else the name.</summary>
    public string ColumnName { get; set; } = syntax.Name.Name;

    /// <summary>`@db.X`, else the default for the scalar; null for enums and unsupported types.</summary>
    public NativeType? NativeType { get; set; }

    public bool HasNativeAttribute { get; set; }

    /// <summary>`@db.X`, also where it is wrong.</summary>
    public AttributeSyntax? NativeAttribute { get; set; }

    public DefaultValue? Default { get; set; }

    /// <summary>The `@default` attribute, also where its value is broken.</summary>
    public AttributeSyntax? DefaultAttribute { get; set; }

    /// <summary>The value as written, where it passed the first check.</summary>
    public ExpressionSyntax? DefaultSyntax { get; set; }

    /// <summary>Whether `@default` has a `map`, which PostgreSQL cannot honour.</summary>
    public bool HasNamedDefault { get; set; }

    public bool IsUpdatedAt { get; set; }

    public bool IsUnsupported => Type is FieldType.Unsupported && Composite is null;

    public ScalarKind? Scalar => Type is FieldType.Scalar scalar ? scalar.Kind : null;
}

/// <summary>A field whose type is a model or view.</summary>
internal sealed class RelationFieldBinding(EntityBinding entity, FieldSyntax syntax, EntityBinding target) : FieldBinding(entity, syntax)
{
    public EntityBinding Target { get; } = target;

    /// <summary>What `@relation` says; null without the attribute.</summary>
    public RelationAttributeBinding? Attribute { get; set; }

    /// <summary>Null until inferred.</summary>
    public RelationBinding? Relation { get; set; }

    /// <summary>Index into <see cref="SchemaModel.Relations"/>, -1 while broken.</summary>
    public int RelationIndex { get; set; } = -1;
}
