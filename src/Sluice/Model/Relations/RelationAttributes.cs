using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>Reads `@relation` on a relation field.</summary>
internal static class RelationAttributes
{
    public static void Read(RelationFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("relation") is { } relation)
        {
            field.Attribute = new RelationAttributeBinding(relation.Syntax, null, null, null, null, null, null);
        }
    }
}
