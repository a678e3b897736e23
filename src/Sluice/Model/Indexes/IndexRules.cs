using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>What must hold of each unique or plain index.</summary>
internal static class IndexRules
{
    public static void Check(EntityBinding entity, IndexBinding index) => _ = (entity, index);
}
