using System.Collections.Immutable;
using System.Text;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Sql.Segments;

namespace Sluice.Postgres.Verifying;

/// <summary>`migrate resolve --repair`: brings a live database back to its history, object by object. Never a reset.</summary>
public static class Repair
{
    private const string Name = "repair";

    /// <param name="answered">Renames (history → live) that a person has told of.</param>
    /// <exception cref="ProblemException">SL5060: drift cannot be told; P3006, P3014 the history cannot be replayed.</exception>
    public static Task<DriftRemedy> PlanAsync(RunSettings settings, ImmutableArray<Rename> answered, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            var folder = MigrationFolder.Read(settings.MigrationsPath);
            await using var session = await RunSession.OpenAsync(settings, cancellation);
            var remedy = await DriftRemedy.FindAsync(settings, session, folder, answered, Back, cancellation);
            return remedy.IsEmpty ? remedy : remedy with { Proposal = await remedy.Proposal.WithEvidenceAsync(session.Connection, cancellation) };
        });

    /// <summary>Runs it, if nothing has changed since, and says what is left: nothing, where all went as planned.</summary>
    /// <param name="anyLoss">Consent was given to whatever may be lost, not to what was counted.</param>
    /// <exception cref="ProblemException">SL5061: the server refused a statement. SL5007: the database is no longer what was looked at.</exception>
    public static Task<ImmutableArray<Change>> ApplyAsync(RunSettings settings, DriftRemedy remedy, bool anyLoss = false, CancellationToken cancellation = default) =>
        Operation.RunAsync(settings, async () =>
        {
            await using var session = await RunSession.OpenLockedAsync(settings, cancellation);
            await OnlineUnderWay.RequireNoneAsync(session.Connection, cancellation);
            await remedy.RequireSameAsync(settings, session.Connection, cancellation);
            await remedy.Proposal.RequireSameEvidenceAsync(session.Connection, anyLoss, cancellation);
            var ahead = new RunAhead(settings, session.Connection, [new MigrationFile(Name, Name + ".sql", [.. Encoding.UTF8.GetBytes(remedy.Proposal.Script)])]);
            var backup = settings.Before is { } before ? await before(ahead, cancellation) : null;
            await RecordedRun.RunAsync(session.Connection, settings, RunAsync, cancellation, backup);
            if (settings.After is { } after)
            {
                await after(ahead, cancellation);
            }

            return CatalogDiffer.Diff(remedy.Whole.History, await SeenCatalog.ReadAsync(settings with { SeesObjects = true }, session.Connection, cancellation));

            async Task<bool> RunAsync(RecordedRun run)
            {
                await using var scripts = await ScriptSession.OpenAsync(settings, settings.Address, cancellation);
                var failure = await new ScriptRunner(scripts, Segmentation.Of(remedy.Proposal.Script)).RunAsync(cancellation);
                await run.NoteAsync(failure is null ? "brought the database back to its history" : "failed to bring the database back to its history", remedy.Proposal.Script, remedy.Proposal.Steps.Length);
                return failure is null
                    ? true
                    : throw new ProblemException(
                        new Problem("SL5061", "The database could not be brought back to its history.")
                        {
                            Statement = failure.Describe(null, null, settings.Address),
                            Remedies = ["See the whole script, change what the server refuses, and run it yourself: sluice migrate resolve --repair --dry-run", "Then look again: sluice migrate status --drift"],
                        },
                        failure.Cause);
            }
        });

    // Under the names that the live database has; these go back at the end, in the order in which they came.
    private static SchemaProposal Back(Drift drift) => SchemaProposal.Exactly(drift.Found, drift.Made, [], [.. drift.Renames.Reverse().Select(Undone)]);

    private static Rename Undone(Rename rename) => rename switch
    {
        Rename.Table r => new Rename.Table(r.To, r.From),
        Rename.Enum r => new Rename.Enum(r.To, r.From),
        Rename.Sequence r => new Rename.Sequence(r.To, r.From),
        Rename.Column r => new Rename.Column(r.Of, r.To, r.From),
        Rename.EnumValue r => new Rename.EnumValue(r.Of, r.To, r.From),
        _ => throw new System.Diagnostics.UnreachableException(rename.GetType().Name),
    };
}
