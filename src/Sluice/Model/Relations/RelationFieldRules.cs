using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>What must hold of each relation field by itself.</summary>
internal static class RelationFieldRules
{
    /// <summary>False when the field is ambiguous: then nothing after it is checked.</summary>
    public static bool Check(RelationFieldBinding field) => field.Target is not null;
}
