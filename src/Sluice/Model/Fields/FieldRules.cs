using Sluice.Model.Binding;

namespace Sluice.Model.Fields;

/// <summary>What must hold of each scalar field.</summary>
internal static class FieldRules
{
    public static void Check(ScalarFieldBinding field) => _ = field;
}
