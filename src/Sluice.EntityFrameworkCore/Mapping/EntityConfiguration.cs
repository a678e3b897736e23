using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.ValueGeneration;
using Sluice.EntityFrameworkCore.Saving;

namespace Sluice.EntityFrameworkCore.Mapping;

/// <summary>What the schema language says and EF Core has no word for.</summary>
public static class EntityConfiguration
{
    /// <summary>The name of the query filter that hides deleted rows: `IgnoreQueryFilters([EntityConfiguration.SoftDeleteFilter])` shows them.</summary>
    public const string SoftDeleteFilter = "SoftDelete";

    /// <summary>Made by the program when an entity is added without a value (`uuid()`, `cuid()`, …).</summary>
    public static PropertyBuilder HasClientValue(this PropertyBuilder property, ValueGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.ValueGeneratedOnAdd().HasValueGenerator((_, _) => generator);
    }

    /// <summary>`@updatedAt`: the time of each save.</summary>
    public static PropertyBuilder IsUpdatedAt(this PropertyBuilder property)
    {
        ArgumentNullException.ThrowIfNull(property);
        return property.HasAnnotation(UpdatedAt.Annotation, true);
    }

    /// <summary>`@softDelete`: deleting sets the property, and rows where it is set are not seen.</summary>
    public static EntityTypeBuilder<TEntity> HasSoftDelete<TEntity>(this EntityTypeBuilder<TEntity> entity, string property, Expression<Func<TEntity, bool>> isThere)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entity);
        entity.HasAnnotation(SoftDelete.Annotation, property);
        return entity.HasQueryFilter(SoftDeleteFilter, isThere);
    }
}
