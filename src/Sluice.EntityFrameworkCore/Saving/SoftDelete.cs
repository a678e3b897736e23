using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>
/// Turns the deletion of an entity with `@softDelete` into an update of the property that says when. What EF Core deletes with it by
/// cascade is deleted softly where it has the hint too, and for good where it has not, as the schema's `onDelete` says.
/// </summary>
internal sealed class SoftDelete(TimeProvider clock) : SaveChangesInterceptor
{
    public const string Annotation = "Sluice:SoftDelete";

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Turn(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Turn(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private void Turn(DbContext? context)
    {
        var now = clock.GetUtcNow();
        foreach (var entry in context?.ChangeTracker.Entries().Where(e => e.State is EntityState.Deleted).ToArray() ?? [])
        {
            if (entry.Metadata.FindAnnotation(Annotation)?.Value is string name)
            {
                Mark(entry, entry.Property(name), now);
            }
        }
    }

    private static void Mark(EntityEntry entry, PropertyEntry deleted, DateTimeOffset now)
    {
        entry.State = EntityState.Unchanged;
        deleted.CurrentValue = Times.For(deleted.Metadata, now);
    }
}
