using Npgsql;
using Sluice.Catalog;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Verifying;

/// <summary>`db push`: takes the live database to the schema without a migration.</summary>
public static class Push
{
    /// <summary>What would be done, with the live row counts as evidence. Creates the database and its schema when missing.</summary>
    public static Task<SchemaProposal> PlanAsync(RunSettings settings, Database wanted, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenOrCreateAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            var live = await SeenCatalog.ReadAsync(settings, session.Connection, cancellation);
            var proposal = SchemaProposal.Between(live, await Declaration.CatalogAsync(settings, wanted, cancellation));
            return proposal.IsEmpty ? proposal : await proposal.WithEvidenceAsync(session.Connection, cancellation);
        });

    /// <summary>Does it, in one transaction where PostgreSQL allows. The caller has consent for the warnings.</summary>
    /// <param name="anyLoss">Consent was given to whatever may be lost, not to what the proposal counted.</param>
    /// <exception cref="ProblemException">SL5006: the server refused a statement. SL5007: the database is no longer what was looked at.</exception>
    public static Task ApplyAsync(RunSettings settings, SchemaProposal proposal, bool anyLoss = false, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            proposal.RequireSameSteps(await SeenCatalog.ReadAsync(settings, session.Connection, cancellation));
            await proposal.RequireSameEvidenceAsync(session.Connection, anyLoss, cancellation);
            return await RecordedRun.RunAsync(session.Connection, settings, PushAsync, cancellation);

            async Task<bool> PushAsync(RecordedRun run)
            {
                await using var scripts = await ScriptSession.OpenAsync(settings, settings.Address, cancellation);
                var failure = await new ScriptRunner(scripts, Segmentation.Of(proposal.Script)).RunAsync(cancellation);
                await run.NoteAsync(failure is null ? "took the database to the schema" : "failed to take the database to the schema", proposal.Script, proposal.Steps.Length);
                return failure is null
                    ? true
                    : throw new ProblemException(
                        Failed(failure.Describe(null, null, settings.Address)), failure.Cause);
            }
        });

    private static Problem Failed(FailedStatement statement) => new("SL5006", "The schema could not be pushed.")
    {
        Statement = statement,
        Remedies = statement.Error.SqlState == PostgresErrorCodes.InsufficientPrivilege
            ? ["Push as the role that owns what the statement changes, or as a member of it: only an owner may alter or drop."]
            : [],
    };
}
