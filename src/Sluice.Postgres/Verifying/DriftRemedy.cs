using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Diff.Renames;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.History;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;

namespace Sluice.Postgres.Verifying;

/// <summary>A drift and the way out of it that was asked for: back to the history, or on to what the live database has.</summary>
/// <param name="Drift">What was found.</param>
/// <param name="Proposal">The SQL of the way out; empty where there is no drift.</param>
/// <param name="Questions">What may have been renamed: then it should be renamed on the way, rather than dropped and made.</param>
public sealed record DriftRemedy(ImmutableArray<Difference> Drift, SchemaProposal Proposal, ImmutableArray<RenameCandidate> Questions)
{
    public bool IsEmpty => Proposal.IsEmpty;

    internal Drift Whole { get; private init; } = null!;

    internal ImmutableArray<MigrationFile> Applied { get; private init; } = [];

    /// <param name="propose">The way out, from what was found.</param>
    /// <exception cref="ProblemException">SL5060: drift cannot be told; P3006, P3014 the history cannot be replayed.</exception>
    internal static async Task<DriftRemedy> FindAsync(
        RunSettings settings,
        RunSession session,
        MigrationFolder folder,
        ImmutableArray<Rename> answered,
        Func<Drift, SchemaProposal> propose,
        CancellationToken cancellation)
    {
        var history = await session.ReadHistoryAsync(folder, cancellation);
        var unfinished = await Unfinished.ReadAsync(session, folder, history, cancellation);
        if (!history.TableExists || !Verifying.Drift.CanBeTold(history) || !unfinished.Halves.IsEmpty)
        {
            throw new ProblemException(CannotBeTold(history));
        }

        var drift = await Verifying.Drift.FindAsync(settings, session.Connection, folder, history, cancellation, answered);
        return new DriftRemedy(
            await Traces.ReadAsync(settings, session.Connection, drift.Changes, cancellation),
            propose(drift),
            [.. RenameCandidates.Between(drift.Made, drift.Found).Where(c => c.Rename is Rename.Table or Rename.Column)])
        {
            Whole = drift,
            Applied = Verifying.Drift.AppliedOf(folder, history),
        };
    }

    /// <summary>What was decided was decided about what was found then.</summary>
    /// <exception cref="ProblemException">SL5007: somebody changed the database meanwhile.</exception>
    internal async Task RequireSameAsync(RunSettings settings, NpgsqlConnection live, CancellationToken cancellation)
    {
        if (!CatalogDiffer.Diff(Whole.Found, await SeenCatalog.ReadAsync(settings with { SeesObjects = true }, live, cancellation)).IsEmpty)
        {
            throw new ProblemException(new Problem("SL5007", "The database is no longer the one that was looked at; nothing was changed.")
            {
                Remedies = ["Run the command again: it looks at what is there now."],
            });
        }
    }

    private static Problem CannotBeTold(HistoryState history) => new(
        "SL5060",
        history.TableExists
            ? $"Drift is what a database has beside its history, and the history is not whole: {string.Join(", ", (string[])[.. Counted(history.Failed.Length, "failed"), .. Counted(history.Edited.Length, "edited"), .. Counted(history.Missing.Length, "missing"), "nothing may be half done"])}."
            : "Drift is what a database has beside its history, and this one has no history.")
    {
        Remedies = ["See what is to be put right first: sluice migrate status"],
    };

    private static string[] Counted(int count, string what) => count == 0 ? [] : [$"{count} {what}"];
}
