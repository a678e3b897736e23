using System.Collections.Immutable;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Plan;

/// <summary>Changes to ordered steps, each with its lock level and hazards.</summary>
public static class Planner
{
    public static ImmutableArray<PlanStep> Plan(Database from, Database to, ImmutableArray<Change> changes) => [];
}

public abstract record PlanStep;
