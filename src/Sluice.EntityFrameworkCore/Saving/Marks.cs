using Microsoft.EntityFrameworkCore.Metadata;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>What of an entity is set by a save; looked up once for each type, because a save may bring thousands of entities.</summary>
/// <param name="Deleted">The property that says when it was deleted; null where rows are deleted for good.</param>
internal sealed record Marks(IProperty? Deleted, IProperty[] Updated)
{
    private const string Annotation = "Sluice:Marks";

    public static Marks Of(IEntityType entity) => entity.GetOrAddRuntimeAnnotationValue(
        Annotation,
        static type => new Marks(
            type!.FindAnnotation(SoftDelete.Annotation)?.Value is string name ? type.FindProperty(name) : null,
            [.. type.GetProperties().Where(p => p.FindAnnotation(UpdatedAt.Annotation) is not null)]),
        entity);
}
