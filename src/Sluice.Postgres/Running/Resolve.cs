namespace Sluice.Postgres.Running;

/// <summary>`migrate resolve`: says in the history what a person made true in the database.</summary>
public static class Resolve
{
    /// <summary>Marks a migration as applied without running it; a failed row of it is marked as rolled back first.</summary>
    /// <exception cref="Connecting.ProblemException">P3008 already applied, P3017 not on disk.</exception>
    public static Task AppliedAsync(RunSettings settings, string migration, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Marks a failed migration as rolled back, so that deploy applies it again.</summary>
    /// <exception cref="Connecting.ProblemException">P3011 never started, P3012 not failed, P3017.</exception>
    public static Task RolledBackAsync(RunSettings settings, string migration, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
