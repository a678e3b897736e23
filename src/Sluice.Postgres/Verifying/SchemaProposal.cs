using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff.Renames;
using Sluice.Online;
using Sluice.Plan;
using Sluice.Postgres.Connecting;

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

    /// <summary>Those that are known from hints or answers, and what follows from them.</summary>
    public ImmutableArray<Rename> Renames { get; private init; } = [];

    /// <summary>What goes may be what comes under a new name: someone has to say. The most likely first.</summary>
    public ImmutableArray<RenameQuestion> Questions { get; private init; } = [];

    /// <summary>The same in forms that keep nobody waiting, where they were asked for; null for Prisma's SQL.</summary>
    public OnlineMigration? Online { get; private init; }

    private ImmutableArray<DataLossCheck> Checks { get; init; } = [];

    private Database Found { get; init; } = Database.Empty;

    private Database Wanted { get; init; } = Database.Empty;

    /// <summary>The way between two catalogs. What the header says holds on every database, so it knows of no rows.</summary>
    internal static SchemaProposal Between(Database from, Database to, bool online = false)
    {
        var migration = online ? Migration.OnlineFile(from, to) : null;
        var plan = migration?.Plan ?? Migration.Plan(from, to);
        if (plan.IsEmpty)
        {
            return Nothing;
        }

        return new SchemaProposal(plan.Steps, migration?.Script ?? Migration.File(plan), [], [])
        {
            Online = migration,
            Checks = DataLoss.Checks(plan),
            Found = from,
            Wanted = to,
            Renames = plan.Renames,
            Questions = [.. RenameCandidates.Between(from, to).Select(c => RenameQuestion.Of(c, from))],
        };
    }

    /// <summary>
    /// The way between what two servers have, to the letter, renames before or after it. Without questions: what was
    /// renamed, the databases themselves have told, or a person.
    /// </summary>
    internal static SchemaProposal Exactly(Database from, Database to, ImmutableArray<Rename> before, ImmutableArray<Rename> after)
    {
        var plan = Migration.Plan(from, to);
        plan = plan with
        {
            Steps = [.. before.Select(r => new PlanStep.Rename(r)), .. plan.Steps, .. after.Select(r => new PlanStep.Rename(r))],
            Naming = plan.Naming with { Exact = true },
        };
        return plan.IsEmpty ? Nothing : new SchemaProposal(plan.Steps, Migration.File(plan), [], []) { Checks = DataLoss.Checks(plan), Found = from, Wanted = to };
    }

    /// <summary>The same with a script that keeps in archives what it destroys.</summary>
    public SchemaProposal Keeping(string migration) => IsEmpty ? this
        : Online is null ? this with { Script = Migration.KeepingFile(Found, Wanted, migration) }
        : Migration.OnlineFile(Found, Wanted, migration) is var kept ? this with { Script = kept.Script, Online = kept } : this;

    /// <summary>The same with what the rows of a live database say to it.</summary>
    internal async Task<SchemaProposal> WithEvidenceAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var counts = await RowCounts.ReadAsync(connection, Checks, new NamesBefore(Renames), cancellation);
        var findings = DataLoss.Evaluate(Checks, counts);
        return this with
        {
            Questions = await RenameQuestion.CountAsync(Questions, connection, cancellation),
            Warnings = [.. findings.Where(f => !f.IsUnexecutable).Select(f => f.Message)],
            Unexecutable = [.. findings.Where(f => f.IsUnexecutable).Select(f => f.Message)],
        };
    }

    internal ImmutableArray<PlanStep> Remaining(Database live) => Between(live, Wanted).Steps;

    /// <summary>The same steps must still be the ones between what is there now and what was wanted.</summary>
    /// <exception cref="ProblemException">SL5007: somebody changed the database meanwhile.</exception>
    internal void RequireSameSteps(Database live)
    {
        if (Between(live, Wanted).Script != Script)
        {
            throw new ProblemException(Changed("The database is no longer the one that the steps were made for", []));
        }
    }

    /// <summary>Consent was to what was found then: looks again, with the lock held and nobody asked in between.</summary>
    /// <param name="anyLoss">Consent was given to whatever may be lost.</param>
    /// <exception cref="ProblemException">SL5007: the rows say something else now.</exception>
    internal async Task RequireSameEvidenceAsync(NpgsqlConnection connection, bool anyLoss, CancellationToken cancellation)
    {
        const string Otherwise = "The rows are no longer those that were counted";
        try
        {
            var now = await WithEvidenceAsync(connection, cancellation);
            if (!now.Unexecutable.SequenceEqual(Unexecutable) || (!anyLoss && !now.Warnings.SequenceEqual(Warnings)))
            {
                throw new ProblemException(Changed(Otherwise, [.. now.Unexecutable.Except(Unexecutable), .. now.Warnings.Except(Warnings)]));
            }
        }
        catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new ProblemException(Changed(Otherwise, []), gone);
        }
    }

    private static Problem Changed(string what, IEnumerable<string> findings) =>
        new("SL5007", $"{what}; nothing was changed.{string.Concat(findings.Select(f => $"\n  • {f}"))}")
        {
            Remedies = ["Run the command again: it looks at what is there now."],
        };
}
