using System.Globalization;
using Npgsql;
using Sluice.Postgres.Backfilling;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Doctor;

/// <summary>What was begun beside everybody else's work and is not over: an online change, a backfill that nobody is at.</summary>
internal static class OnlineChecks
{
    public static async Task<IEnumerable<Check>> ReadAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation) =>
    [
        Change(await OnlineUnderWay.FindAsync(connection, cancellation), now),
        Backfills(await BackfillTable.ReadUnfinishedAsync(connection, cancellation)),
    ];

    private static Check Change(OnlineUnderWay? open, DateTimeOffset now) => open switch
    {
        null => new Check("online change", "none", "none", Verdict.Ok),
        { Migration: null } => new Check("online change", "this user may not read sluice.online", "none", Verdict.Unknown) { Advice = "GRANT USAGE ON SCHEMA sluice TO …; GRANT SELECT ON sluice.online TO …;" },
        _ => new Check("online change", $"{open.Migration} is in state `{open.State}`, since {Ages.Show(now - open.Written)}", "none", Verdict.Warning)
        {
            Advice = "Nothing else is applied until it is over. See what comes next: sluice migrate online status",
        },
    };

    private static Check Backfills(IReadOnlyCollection<BackfillRow>? running)
    {
        if (running is null)
        {
            return new Check("backfills", "this user may not read sluice.backfills", "all done", Verdict.Unknown) { Advice = "GRANT USAGE ON SCHEMA sluice TO …; GRANT SELECT ON sluice.backfills TO …;" };
        }

        var left = running.Where(b => b.Worker is null).ToList();
        return left.Count > 0
            ? new Check("backfills", "nobody is at " + PreflightRun.List(left.Select(Shown), left.Count), "all done", Verdict.Warning) { Advice = "The same command goes on; what it was is shown by: sluice migrate backfill --status" }
            : new Check("backfills", running.Count > 0 ? "at work: " + PreflightRun.List(running.Select(Shown), running.Count) : "none unfinished", "all done", Verdict.Ok);
    }

    private static string Shown(BackfillRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.Name} (pass {row.Pass}, {row.Passed:N0} rows)");
}
