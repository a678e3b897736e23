using System.Collections.Immutable;
using Sluice.Diff;
using Sluice.Postgres.History;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate status`: folder and history side by side, in few round trips.</summary>
public static class Status
{
    /// <param name="withDrift">Also replay the history into a shadow database and compare (slow).</param>
    /// <exception cref="Connecting.ProblemException">P1003 and the other connection problems, P3019.</exception>
    public static Task<StatusReport> ReadAsync(RunSettings settings, bool withDrift = false, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}

/// <param name="Found">How many migrations the folder has.</param>
/// <param name="Unmanaged">The schema holds tables, yet there is no history: baseline it.</param>
/// <param name="Drift">Null when not looked for.</param>
public sealed record StatusReport(
    int Found,
    HistoryState History,
    ImmutableArray<string> WithoutScript,
    bool Unmanaged,
    ImmutableArray<Change>? Drift)
{
    /// <summary>Nothing pending, failed, edited, missing or drifted.</summary>
    public bool UpToDate =>
        !Unmanaged && WithoutScript.IsEmpty && History.Pending.IsEmpty && History.Failed.IsEmpty && History.Edited.IsEmpty
        && History.Missing.IsEmpty && (Drift is null || Drift.Value.IsEmpty);
}
