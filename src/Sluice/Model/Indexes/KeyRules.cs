using Sluice.Model.Binding;

namespace Sluice.Model.Indexes;

/// <summary>What must hold of an entity's primary key and of its unique criteria as a whole.</summary>
internal static class KeyRules
{
    public static void Check(EntityBinding entity) => _ = entity;
}
