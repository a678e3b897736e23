using System.Globalization;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;

namespace Sluice.Postgres.Proving;

/// <summary>Up was run once on a scratch database; now down, and up again, each compared with what was there.</summary>
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
            ? new ProofResult(name, ProofVerdict.Proved, null, ShapeDifference.None)
            : Failed(name, "After down and up again the database is not what it was after the first time.") with { Difference = difference };
    }

    private static ProofResult Failed(string name, string reason) => new(name, ProofVerdict.Failed, reason, ShapeDifference.None);

    private static string Describe(ScriptFailure failure, RunSettings settings)
    {
        var told = failure.Describe(null, null, settings.Address);
        return $"{told.Error.SqlState} {told.Error.Message} (line {told.Line.ToString(CultureInfo.InvariantCulture)}: {told.SourceLine.Trim()})";
    }
}
