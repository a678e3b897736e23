using Sluice.Plan;

namespace Sluice.Sql;

/// <summary>Steps spelled as PostgreSQL's commands, to the letter what Prisma's engine writes.</summary>
public static class SqlWriter
{
    /// <summary>The text of a migration.sql without its warnings header; empty for no steps.</summary>
    public static string Write(MigrationPlan plan) => "";
}
