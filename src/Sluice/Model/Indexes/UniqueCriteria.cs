using Sluice.Model.Binding;
using Sluice.Syntax;

namespace Sluice.Model.Indexes;

/// <summary>The lists of fields by which one row of an entity is found.</summary>
internal static class UniqueCriteria
{
    /// <summary>Finds one row whatever is in it: no field may be null or of a type that clients cannot handle.</summary>
    public static bool IsStrict(IReadOnlyList<IndexFieldBinding> criterion) =>
        criterion.All(f => f.Field is { Arity: not FieldArity.Optional, IsUnsupported: false });

    public static bool Are(IReadOnlyList<IndexFieldBinding> criterion, IReadOnlyList<ScalarFieldBinding> fields) =>
        criterion.Count == fields.Count && criterion.Select(f => f.Field).SequenceEqual(fields);

    public static bool AreInAnyOrder(IReadOnlyList<IndexFieldBinding> criterion, IReadOnlyList<ScalarFieldBinding> fields) =>
        criterion.Count == fields.Count && criterion.All(f => fields.Contains(f.Field));
}
