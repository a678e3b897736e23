using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>
/// Sets `@updatedAt` properties when an entity is added without one, and whenever it is changed and the program has not set it itself.
/// `ExecuteUpdate` goes past every interceptor: set the property there by hand.
/// </summary>
internal static class UpdatedAt
{
    public const string Annotation = "Sluice:UpdatedAt";

    public static void Apply(EntityEntry[] entries, DateTimeOffset now)
    {
        foreach (var entry in entries.Where(e => e.State is EntityState.Added or EntityState.Modified))
        {
            foreach (var marked in Marks.Of(entry.Metadata).Updated)
            {
                var property = entry.Property(marked);
                if (entry.State is EntityState.Added ? IsUnset(property) : !property.IsModified)
                {
                    property.CurrentValue = Times.For(property.Metadata, now);
                }
            }
        }
    }

    private static bool IsUnset(PropertyEntry property) => property.CurrentValue switch
    {
        null => true,
        DateTime value => value == default,
        DateTimeOffset value => value == default,
        DateOnly value => value == default,
        TimeOnly value => value == default,
        _ => false,
    };
}
