using EventPlatform.Data;
using Microsoft.EntityFrameworkCore;

namespace EventPlatform;

/// <summary>What is the platform's own to do now and then; denylist, sessions and audit log are Sluice.Auth's upkeep.</summary>
internal sealed partial class Housekeeping(IServiceScopeFactory scopes, DrawSeeds seeds, TimeProvider clock, ILogger<Housekeeping> log) : BackgroundService
{
    private const int Batch = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<EventPlatformContext>();
                await ForgetAsync(db, stoppingToken);
                await AnnounceAsync(db, stoppingToken);
            }
            catch (Exception failure) when (failure is Npgsql.NpgsqlException or DbUpdateException or InvalidOperationException)
            {
                Failed(log, failure.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ForgetAsync(EventPlatformContext db, CancellationToken stop)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await db.LegacyAccessTokens.Where(t => t.ExpiresAt < now).ExecuteDeleteAsync(stop);
    }

    /// <summary>Prizes of before there were commitments get one, before anybody draws.</summary>
    private async Task AnnounceAsync(EventPlatformContext db, CancellationToken stop)
    {
        while (await db.Prizes.Where(p => !p.Draws.Any(d => d.DrawnAt == null)).OrderBy(p => p.Id).Take(Batch).Select(p => new { Prize = p, Last = p.Draws.Max(d => (int?)d.Round) }).ToListAsync(stop) is { Count: > 0 } prizes)
        {
            db.AddRange(prizes.Select(p => seeds.Open(p.Prize, (p.Last ?? 0) + 1)));
            await db.SaveChangesAsync(stop);
            db.ChangeTracker.Clear();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Housekeeping waits for another hour: {Reason}")]
    private static partial void Failed(ILogger log, string reason);
}
