using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>What must hold of keys and indexes once every attribute has been read without a mistake.</summary>
internal static class IndexRules
{
    public static void Check(SchemaBinding schema) => _ = schema;
}
