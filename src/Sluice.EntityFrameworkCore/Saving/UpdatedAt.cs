using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>
/// Sets `@updatedAt` properties when an entity is added without one, and whenever it is changed and the program has not set it itself.
/// `ExecuteUpdate` goes past every interceptor: set the property there by hand.
/// </summary>
internal sealed class UpdatedAt(TimeProvider clock) : SaveChangesInterceptor
{
    public const string Annotation = "Sluice:UpdatedAt";

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Set(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Set(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private void Set(DbContext? context)
    {
        var now = clock.GetUtcNow();
        foreach (var entry in context?.ChangeTracker.Entries().ToArray() ?? [])
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified))
            {
                continue;
            }

            foreach (var property in entry.Properties.Where(p => p.Metadata.FindAnnotation(Annotation) is not null))
            {
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
