using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth.Audit;
using Sluice.Auth.Upkeep;

namespace Sluice.Auth;

/// <summary>What a host runs once instead of serving: `cleanup tokens|sessions|audit` and `audit verify [head]`, for cron.</summary>
public static class AuthCommands
{
    private const string Usage = "Write `cleanup tokens`, `cleanup sessions`, `cleanup audit`, or `audit verify [head]`, where head is what an earlier run has printed.";

    /// <returns>0 when all is well, 1 for findings in the audit log, 2 for what is no command.</returns>
    public static async Task<int> RunAsync(IServiceProvider services, IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        switch (arguments)
        {
            case ["cleanup", "tokens" or "sessions" or "audit"]:
                foreach (var (job, rows) in await services.GetRequiredService<UpkeepJobs>().RunGroupAsync(arguments[1], cancellation))
                {
                    await output.WriteLineAsync(rows is null ? $"{job}: another process is at it" : $"{job}: {rows}");
                }

                return 0;
            case ["audit", "verify", ..] when arguments.Count <= 3:
                var verdict = await services.GetRequiredService<AuditSeals>().VerifyAsync(arguments.Count == 3 ? arguments[2] : null, cancellation);
                foreach (var finding in verdict.Findings)
                {
                    await output.WriteLineAsync(finding);
                }

                await output.WriteLineAsync(verdict.Findings.Count > 0 ? "The audit log is not as it was written." : $"The audit log holds. Head: {verdict.Head ?? "none yet"}");
                return verdict.Findings.Count > 0 ? 1 : 0;
            default:
                await output.WriteLineAsync(Usage);
                return 2;
        }
    }
}
