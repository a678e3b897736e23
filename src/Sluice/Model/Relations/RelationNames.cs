using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

internal static class RelationNames
{
    /// <summary>The name as written, else `AToB` of the two entities in order of name.</summary>
    public static string Of(RelationFieldBinding field)
    {
        if (field.Attribute?.Name is { } name)
        {
            return name;
        }

        var (one, two) = (field.Entity.Name, field.Target.Name);
        return string.CompareOrdinal(one, two) < 0 ? $"{one}To{two}" : $"{two}To{one}";
    }
}
