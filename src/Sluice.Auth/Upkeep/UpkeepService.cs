using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Sluice.Auth.Audit;
using Sluice.Auth.Metrics;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Upkeep;

/// <summary>Runs what is due on one of the nodes, and seals the audit log.</summary>
internal sealed partial class UpkeepService(
    UpkeepJobs jobs, AuditMonths months, AuditSeals seals, AuthMetrics metrics, IOptions<SluiceAuthOptions> options, TimeProvider clock, ILogger<UpkeepService> log) : BackgroundService
{
    private const string Sealing = "audit_sealing";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.Value.Upkeep.Enabled ? Task.WhenAll(SealAsync(stoppingToken), LookAsync(stoppingToken)) : Task.CompletedTask;

    private async Task LookAsync(CancellationToken cancellation)
    {
        await TryAsync("audit_months", () => months.PrepareAsync(cancellation));
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var job in jobs.All)
            {
                await TryAsync(job.Name, async () =>
                {
                    if (await jobs.RunAsync(job, isForced: false, cancellation) is { } removed)
                    {
                        Ran(job.Name, removed);
                    }
                });
            }

            await WaitAsync(options.Value.Upkeep.Look, cancellation);
        }
    }

    private async Task SealAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var isMore = true;
            while (isMore)
            {
                isMore = false;
                await TryAsync(Sealing, async () => isMore = await seals.SealAsync(cancellation) == AuditSeals.Most);
            }

            await WaitAsync(options.Value.Upkeep.AuditSealing, cancellation);
        }
    }

    // A database that is away for a while is no reason to end: the next look comes.
    private async Task TryAsync(string job, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            Stopped(job);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            metrics.JobFailed(job);
            Failed(job, (failure as PostgresException)?.SqlState ?? failure.GetType().Name);
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken cancellation) =>
        await Task.Delay(time, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Upkeep `{Job}` removed {Removed}.")]
    private partial void Ran(string job, long removed);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "Upkeep `{Job}` failed ({Error}); it is tried again at the next look.")]
    private partial void Failed(string job, string error);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Debug, Message = "Upkeep `{Job}` was stopped with the host.")]
    private partial void Stopped(string job);
}
