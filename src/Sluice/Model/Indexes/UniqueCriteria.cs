using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>The lists of fields by which one row of an entity is found.</summary>
internal static class UniqueCriteria
{
    /// <summary>Finds one row whatever is in it: no field may be null or of a type that clients cannot handle.</summary>
    public static bool IsStrict(IReadOnlyList<IndexFieldBinding> criterion) =>
        criterion.All(f => f.Field is { Arity: not FieldArity.Optional, IsUnsupported: false });

    /// <summary>Whether the fields, in this order, are a unique criterion of their entity.</summary>
    public static bool Are(EntityBinding entity, IReadOnlyList<ScalarFieldBinding> fields) =>
        fields.Count > 0
        && entity.UniqueCriteriaOf(fields[0]).Any(c => c.Count == fields.Count && c.Select(f => f.Field).SequenceEqual(fields));

    public static bool AreInAnyOrder(EntityBinding entity, IReadOnlyList<ScalarFieldBinding> fields) =>
        fields.Count > 0
        && entity.UniqueCriteriaOf(fields[0]).Any(c => c.Count == fields.Count && c.All(f => fields.Contains(f.Field)));
}
