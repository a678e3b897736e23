using Sluice.Model.Binding;

namespace Sluice.Model.Fields;

/// <summary>`@map`, `@ignore` and `@updatedAt` on fields.</summary>
internal static class FieldAttributes
{
    public static void Read(ScalarFieldBinding field, AttributeSet attributes)
    {
        field.ColumnName = BlockAttributes.ReadMap(attributes) ?? field.Name;
        if (attributes.Single("ignore") is { } ignore)
        {
            field.IsIgnored = true;
            ignore.Finish();
        }

        if (attributes.Single("updatedAt") is { } updatedAt)
        {
            field.IsUpdatedAt = true;
            updatedAt.Finish();
        }
    }

    public static void ReadOnRelation(RelationFieldBinding field, AttributeSet attributes)
    {
        if (attributes.Single("ignore") is { } ignore)
        {
            field.IsIgnored = true;
            ignore.Finish();
        }
    }
}
