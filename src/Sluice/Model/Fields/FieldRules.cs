using Sluice.Model.Binding;

namespace Sluice.Model.Fields;

/// <summary>What must hold of fields once every attribute has been read without a mistake.</summary>
internal static class FieldRules
{
    public static void Check(SchemaBinding schema) => _ = schema;
}
