using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>What must hold of relations once every attribute has been read without a mistake.</summary>
internal static class RelationRules
{
    public static void Check(SchemaBinding schema) => _ = schema;
}
