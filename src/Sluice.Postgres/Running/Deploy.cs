using System.Collections.Immutable;

namespace Sluice.Postgres.Running;

/// <summary>`migrate deploy`: applies what is pending, in order, and stops at the first failure.</summary>
public static class Deploy
{
    /// <exception cref="Connecting.ProblemException">P3005 not empty and without history, P3009 a failed migration stands in the way, P3015, P3018 a migration failed, P3019, P1002 locked.</exception>
    public static Task<DeployResult> RunAsync(RunSettings settings, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}

/// <param name="Found">How many migrations the folder has.</param>
/// <param name="Applied">Those applied by this run.</param>
/// <param name="Edited">Applied before, and changed on disk since: worth a warning.</param>
/// <param name="Missing">Applied before, and gone from disk.</param>
/// <param name="OutOfOrder">Applied now although a later name had been applied before.</param>
public sealed record DeployResult(
    int Found,
    ImmutableArray<string> Applied,
    ImmutableArray<string> Edited,
    ImmutableArray<string> Missing,
    ImmutableArray<string> OutOfOrder,
    bool DatabaseCreated);
