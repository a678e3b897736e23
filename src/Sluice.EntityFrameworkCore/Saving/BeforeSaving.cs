using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Sluice.EntityFrameworkCore.Saving;

/// <summary>
/// What is done to the entities that are about to be saved, whichever way the program saves. One interceptor for all of it, because
/// asking for the entries makes EF Core look through everything it tracks.
/// </summary>
internal sealed class BeforeSaving(TimeProvider clock) : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context)
        {
            var (entries, now) = (context.ChangeTracker.Entries().ToArray(), clock.GetUtcNow());

            // Soft deletion first: it makes updates of deletions, which then are marked as updated.
            SoftDelete.Apply(entries, now);
            UpdatedAt.Apply(entries, now);
        }

        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));
}
