using System.Globalization;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql;

namespace Sluice.Postgres.Proving;

/// <summary>Up was run once on a scratch database; now down, and up again, each compared with what was there; then the same with rows.</summary>
internal static class RoundTrip
{
    /// <param name="before">The shape before the first up.</param>
    public static async Task<ProofResult> RunAsync(
        ShadowDatabase shadow,
        RunSettings settings,
        Shape before,
        string name,
        string up,
        string down,
        CancellationToken cancellation)
    {
        var after = await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation);
        if (await shadow.RunAsync(down, cancellation) is { } failure)
        {
            return Failed(name, "The down script fails: " + Describe(failure, settings));
        }

        var difference = before.To(await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation));
        if (!difference.IsEmpty)
        {
            return Failed(name, "After the down script the database is not what it was before.") with { Difference = difference };
        }

        if (await shadow.RunAsync(up, cancellation) is { } again)
        {
            return Failed(name, "After the down script the migration does not apply again: " + Describe(again, settings));
        }

        difference = after.To(await Shape.ReadAsync(await shadow.SessionAsync(cancellation), cancellation));
        return difference.IsEmpty
            ? await WithRowsAsync(shadow, settings, name, up, down, cancellation)
            : Failed(name, "After down and up again the database is not what it was after the first time.") with { Difference = difference };
    }

    // On the way it goes down and up once more: what has been seen to work twice.
    private static async Task<ProofResult> WithRowsAsync(ShadowDatabase shadow, RunSettings settings, string name, string up, string down, CancellationToken cancellation)
    {
        await shadow.RunAsync(down, cancellation);
        var trip = new RowTrip(shadow, settings, name, up, down);
        var (failure, rows) = await trip.RunAsync(cancellation);
        if (!trip.LeavesRows)
        {
            await shadow.RunAsync(up, cancellation);
        }

        return new ProofResult(name, failure is null ? ProofVerdict.Proved : ProofVerdict.Failed, failure, ShapeDifference.None)
        {
            Rows = rows,
            Irreversible = DownScript.Irreversible(down),
            LeavesRows = trip.LeavesRows,
        };
    }

    private static ProofResult Failed(string name, string reason) => new(name, ProofVerdict.Failed, reason, ShapeDifference.None);

    public static string Describe(ScriptFailure failure, RunSettings settings)
    {
        var told = failure.Describe(null, null, settings.Address);
        return $"{told.Error.SqlState} {told.Error.Message} (line {told.Line.ToString(CultureInfo.InvariantCulture)}: {told.SourceLine.Trim()})";
    }
}
