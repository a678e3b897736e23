using System.Collections.Immutable;
using Sluice.Catalog;

namespace Sluice.Plan;

/// <summary>Ordered steps, and how names are written in them.</summary>
public sealed record MigrationPlan(ImmutableArray<PlanStep> Steps, Naming Naming)
{
    /// <summary>Those that its steps begin with; the rows to look at are still under the names before.</summary>
    public ImmutableArray<Rename> Renames { get; init; } = [];

    public bool IsEmpty => Steps.IsEmpty;
}

/// <param name="Qualify">Every object with its schema; otherwise by name alone.</param>
/// <param name="QualifyDropped">Where a type is made again, Prisma names what it drops on the way with its schema when the left side is a server.</param>
public sealed record Naming(bool Qualify, bool QualifyDropped)
{
    /// <summary>
    /// The right side was a server's: what it called its sequences and in which order its enum values stood comes back too.
    /// Prisma's SQL cares for neither.
    /// </summary>
    public bool Exact { get; init; }

    public static Naming Plain { get; } = new(false, false);
}
