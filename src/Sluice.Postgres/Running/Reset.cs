using System.Collections.Immutable;

namespace Sluice.Postgres.Running;

/// <summary>`migrate reset`: empties the datasource's schemas, and no others, and applies every migration again.</summary>
public static class Reset
{
    /// <summary>What a reset would destroy, to be shown before asking.</summary>
    public static Task<ResetPreview> PreviewAsync(RunSettings settings, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Does it. The caller has consent.</summary>
    /// <param name="applyMigrations">False leaves the schemas empty.</param>
    public static Task<DeployResult> RunAsync(RunSettings settings, bool applyMigrations = true, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}

/// <param name="Schemas">The schemas that would be dropped.</param>
/// <param name="Tables">How many tables they hold.</param>
/// <param name="Rows">The planner's estimate of their rows.</param>
/// <param name="LooksLikeProduction">Why this does not look like a development database (not local, other clients connected); empty when it does.</param>
public sealed record ResetPreview(ImmutableArray<string> Schemas, int Tables, long Rows, ImmutableArray<string> LooksLikeProduction);
