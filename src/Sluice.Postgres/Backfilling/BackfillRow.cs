using Sluice.Text;

namespace Sluice.Postgres.Backfilling;

/// <summary>A backfill as the database remembers it.</summary>
/// <param name="State">`running` (begun and not over, whether somebody is at it or not), `done`, `cancelled`.</param>
/// <param name="Pass">Which time the rows are gone through, from 1.</param>
/// <param name="Position">The last key of this pass that is done; null before the first.</param>
/// <param name="Last">The key at which this pass ends; null until it has begun.</param>
/// <param name="Passed">Rows of this pass that are behind the position.</param>
/// <param name="Found">Rows that this pass has written.</param>
/// <param name="Changed">Rows that were written, over all passes.</param>
/// <param name="Settles">False once a row was written and was open still.</param>
/// <param name="Estimate">Rows of the table when it began.</param>
/// <param name="Worker">The server process that is at it; null when nobody is.</param>
public sealed record BackfillRow(
    long Id,
    string Name,
    string Hash,
    string Table,
    string Set,
    string? Where,
    string State,
    int Pass,
    EquatableArray<string>? Position,
    EquatableArray<string>? Last,
    long Passed,
    long Found,
    long Changed,
    bool Settles,
    long Estimate,
    DateTime Started,
    DateTime Written,
    DateTime? Finished,
    int? Worker)
{
    public const string Running = "running";
    public const string Done = "done";
    public const string Cancelled = "cancelled";

    /// <summary>How many rows there are to go through, as far as is known.</summary>
    public long Total => Math.Max(Estimate, Passed);
}
