using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>Reads `@id`, `@unique` on fields and `@@id`, `@@unique`, `@@index`, `@@fulltext` on blocks.</summary>
internal static class IndexAttributes
{
    public static void ReadFieldId(ScalarFieldBinding field, AttributeSet attributes) => _ = (field, attributes.Single("id"));

    public static void ReadFieldUnique(ScalarFieldBinding field, AttributeSet attributes) => _ = (field, attributes.Single("unique"));

    public static void ReadBlockId(EntityBinding entity, AttributeSet attributes) => _ = (entity, attributes.Single("id"));

    public static void ReadBlockIndexes(EntityBinding entity, AttributeSet attributes) =>
        _ = (entity, attributes.All("index").Count(), attributes.All("unique").Count(), attributes.All("fulltext").Count());
}
