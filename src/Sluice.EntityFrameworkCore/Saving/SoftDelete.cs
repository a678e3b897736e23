using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>
/// Turns the deletion of an entity with `@softDelete` into an update of the property that says when. What EF Core deletes with it by
/// cascade is deleted softly where it has the hint too, and for good where it has not, as the schema's `onDelete` says.
/// </summary>
internal static class SoftDelete
{
    public const string Annotation = "Sluice:SoftDelete";

    public static void Apply(EntityEntry[] entries, DateTimeOffset now)
    {
        foreach (var entry in entries.Where(e => e.State is EntityState.Deleted))
        {
            if (Marks.Of(entry.Metadata).Deleted is { } deleted)
            {
                Mark(entry, entry.Property(deleted), now);
            }
        }
    }

    private static void Mark(EntityEntry entry, PropertyEntry deleted, DateTimeOffset now)
    {
        entry.State = EntityState.Unchanged;
        deleted.CurrentValue = Times.For(deleted.Metadata, now);
    }
}
