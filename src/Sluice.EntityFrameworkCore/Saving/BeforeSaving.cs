using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>Something done to the entities that are about to be saved, whichever way the program saves.</summary>
internal abstract class BeforeSaving(TimeProvider clock) : SaveChangesInterceptor
{
    public sealed override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context)
        {
            Prepare([.. context.ChangeTracker.Entries()], clock.GetUtcNow());
        }

        return result;
    }

    public sealed override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    protected abstract void Prepare(EntityEntry[] entries, DateTimeOffset now);
}
