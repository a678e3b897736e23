using Sluice.Plan;

namespace Sluice.Sql;

/// <summary>A plan for people: what is added, changed and removed.</summary>
public static class PlanSummary
{
    public static string Write(MigrationPlan plan) => "";
}
