using Sluice.Catalog;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>`db push`: takes the live database to the schema without a migration.</summary>
public static class Push
{
    /// <summary>What would be done, with the live row counts as evidence. Creates the database and schemas when missing.</summary>
    public static Task<SchemaProposal> PlanAsync(RunSettings settings, Database wanted, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Does it, in one transaction where PostgreSQL allows. The caller has consent for the warnings.</summary>
    public static Task ApplyAsync(RunSettings settings, SchemaProposal proposal, CancellationToken cancellation = default) =>
        throw new NotImplementedException();
}
