using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Sql;

namespace Sluice.Postgres.Verifying;

/// <summary>Steps that would take the database to the schema, with the evidence of what they can lose.</summary>
/// <param name="Script">The migration's text with its warnings header; empty when nothing is to be done.</param>
/// <param name="Warnings">Data may be lost: ask.</param>
/// <param name="Unexecutable">The steps would fail on the rows that are there.</param>
public sealed record SchemaProposal(
    ImmutableArray<PlanStep> Steps,
    string Script,
    ImmutableArray<string> Warnings,
    ImmutableArray<string> Unexecutable)
{
    public static SchemaProposal Nothing { get; } = new([], "", [], []);

    public bool IsEmpty => Steps.IsEmpty;

    private ImmutableArray<DataLossCheck> Checks { get; init; } = [];

    /// <summary>The way between two catalogs. What the header says holds on every database, so it knows of no rows.</summary>
    internal static SchemaProposal Between(Database from, Database to)
    {
        var plan = Planner.Plan(from, to, CatalogDiffer.Diff(from, to));
        if (plan.IsEmpty)
        {
            return Nothing;
        }

        var checks = DataLoss.Checks(plan);
        var header = DataLoss.Header(DataLoss.Evaluate(checks, DataCounts.Unknown));
        return new SchemaProposal(plan.Steps, header + SqlWriter.Write(plan), [], []) { Checks = checks };
    }

    /// <summary>The same with what the rows of a live database say to it.</summary>
    internal async Task<SchemaProposal> WithEvidenceAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var counts = await RowCounts.ReadAsync(connection, Checks, cancellation);
        var findings = DataLoss.Evaluate(Checks, counts);
        return this with
        {
            Warnings = [.. findings.Where(f => !f.IsUnexecutable).Select(f => f.Message)],
            Unexecutable = [.. findings.Where(f => f.IsUnexecutable).Select(f => f.Message)],
        };
    }
}
