using System.Collections.Immutable;
using Npgsql;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Preflight;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Monitoring;

/// <summary>One look of many: at a database that may not answer, which is then what was seen.</summary>
/// <param name="Figures">Null where nobody answered.</param>
/// <param name="Silence">Why nobody did.</param>
public sealed record Look(Figures? Figures, ImmutableArray<JudgedSample> Judged, Problem? Silence)
{
    /// <summary>The database answered, and what was asked of it took too long.</summary>
    public bool IsLate { get; init; }

    /// <summary>The checks, for people.</summary>
    public CheckReport Report => new(Silence is null ? [.. Judged.Select(j => j.Check)] : [Breaches.Silent(this)]);

    public int Findings => Report.Checks.Count(c => c.Verdict is Verdict.Warning or Verdict.Critical);

    public static Look At(Figures figures, Thresholds thresholds) => new(figures, FigureChecks.Judge(figures, thresholds), null);

    /// <param name="patience">For how long an answer is waited for.</param>
    /// <param name="complete">Puts into the figures what no single look can tell.</param>
    public static async Task<Look> TakeAsync(RunSettings settings, Thresholds thresholds, TimeSpan patience, Func<Figures, Figures> complete, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            // A server that is frozen hears no cancellation either; then it is left to itself.
            return At(complete(await Monitor.ReadAsync(settings, limit.Token).WaitAsync(patience + TimeSpan.FromSeconds(1), cancellation)), thresholds);
        }
        catch (ProblemException late) when (late.InnerException is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable } stopped && !cancellation.IsCancellationRequested && !limit.IsCancellationRequested)
        {
            var what = stopped.SqlState == PostgresErrorCodes.LockNotAvailable ? "somebody holds for longer than 3 s a lock that the look needs" : $"a statement of the look took longer than {FigureQueries.Whole}";
            return new Look(null, [], new Problem("P1008", $"The database at `{settings.Address.Server}` answers, and its figures were not read: {what}.") { Remedies = ["See what is at work there: sluice doctor"] }) { IsLate = true };
        }
        catch (ProblemException silent) when (!cancellation.IsCancellationRequested)
        {
            return new Look(null, [], silent.Problem);
        }
        catch (Exception late) when (late is OperationCanceledException or TimeoutException && !cancellation.IsCancellationRequested)
        {
            return new Look(null, [], new Problem("P1008", $"The database server at `{settings.Address.Server}` gave no answer within {patience.TotalSeconds:0} s."));
        }
    }
}
