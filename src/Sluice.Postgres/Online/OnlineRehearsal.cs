using System.Collections.Immutable;
using Npgsql;
using Sluice.Catalog;
using Sluice.Diff;
using Sluice.Plan;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Running;
using Sluice.Postgres.Shadow;
using Sluice.Postgres.Shadow.Cache;
using Sluice.Sql;

namespace Sluice.Postgres.Online;

/// <summary>
/// The whole change on a scratch database before any of it on the live one: forward and back must end where it began,
/// forward and contracted where the migration ends. What that leaves over, and is done in a moment, is added to the end.
/// </summary>
internal static class OnlineRehearsal
{
    /// <exception cref="ProblemException">SL5123, SL5135, SL5136: it cannot be carried out so. And what a replay throws.</exception>
    public static async Task<(VersionPlan Plan, ImmutableArray<OnlineStep> Steps, ImmutableArray<OnlineStep> Back)> RunAsync(
        RunSettings settings, NpgsqlConnection connection, ImmutableArray<MigrationFile> applied, MigrationFile migration, ImmutableArray<GivenExpression> given, CancellationToken cancellation)
    {
        settings = settings with { SeesObjects = true };
        var (before, after, oldShape, newShape, server) = await CompareAsync(settings, applied, migration, cancellation);
        var plan = new VersionBuilder(before, after, oldShape, newShape, given, SchemaFor(settings.Address.Schema, migration.Name), server).Build();
        if (plan.Tables.IsEmpty)
        {
            throw new ProblemException(new Problem("SL5135", $"Migration `{migration.Name}` changes nothing that has two versions.") { Remedies = ["Apply it plainly: sluice migrate deploy"] });
        }

        await ScriptWrites.RequireToldAsync(connection, migration, plan, given, cancellation);
        await OnlineGuards.RequireNoTriggersAsync(connection, plan, cancellation);
        var (forward, contract) = (ForwardSteps.Of(plan), ContractSteps.Of(plan));
        var back = ContractSteps.Back(plan, forward);
        var cache = await ReplayCache.OpenAsync(settings, applied, cancellation);
        await using var shadow = await Replay.OpenAsync(settings, cache, applied, cancellation);
        await TryAsync(shadow, [.. forward, .. back], settings, cancellation);
        if (CatalogDiffer.Diff(before, await shadow.ReadAsync(cancellation)) is { IsEmpty: false } left)
        {
            throw Unknown(migration, "Taken back, it would not leave what there is now", left.Length, SqlWriter.Write(Planner.Plan(before, await shadow.ReadAsync(cancellation), left)));
        }

        await TryAsync(shadow, forward, settings, cancellation);
        await TryAsync(shadow, [.. plan.Tables.Where(t => t.HasTrigger).Select(t => new OnlineStep(OnlineState.DualWrite, OnlineStepKind.Transaction, $"trigger of {t.Old.Name}", [], [TriggerSql.Fired(plan, t)]))], settings, cancellation);
        await TryAsync(shadow, contract, settings, cancellation);
        var rest = Rest(migration, before, await shadow.ReadAsync(cancellation), after);
        await TryAsync(shadow, rest, settings, cancellation);
        if (CatalogDiffer.Diff(await shadow.ReadAsync(cancellation), after) is { IsEmpty: false } wanting)
        {
            throw Unknown(migration, "Carried out online, it would not end where the migration ends", wanting.Length, SqlWriter.Write(Planner.Plan(await shadow.ReadAsync(cancellation), after, wanting)));
        }

        return (plan, [.. forward, .. contract, .. rest], back);
    }

    // Renames show by the numbers of tables and columns, which only the database keeps in which the migration itself was run.
    private static async Task<(Database Before, Database After, ImmutableArray<ShapeColumn> Old, ImmutableArray<ShapeColumn> New, int Server)> CompareAsync(
        RunSettings settings, ImmutableArray<MigrationFile> applied, MigrationFile migration, CancellationToken cancellation)
    {
        var cache = await ReplayCache.OpenAsync(settings, applied, cancellation);
        await using var shadow = await Replay.OpenAsync(settings, cache, applied, cancellation);
        var before = await shadow.ReadAsync(cancellation);
        var old = await Shape.ReadAsync(await shadow.SessionAsync(cancellation), settings.Address.Schema, cancellation);
        await Replay.ApplyAsync(shadow, migration, settings, cancellation);
        var session = await shadow.SessionAsync(cancellation);
        var now = await Shape.ReadAsync(session, settings.Address.Schema, cancellation);
        return (before, await shadow.ReadAsync(cancellation), old, now, session.PostgreSqlVersion.Major);
    }

    private static ImmutableArray<OnlineStep> Rest(MigrationFile migration, Database before, Database made, Database after)
    {
        var plan = Planner.Plan(made, after, CatalogDiffer.Diff(made, after));
        if (plan.Steps.Where(s => !IsInstant(s) || !IsRestored(s, before)).ToImmutableArray() is { IsEmpty: false } others)
        {
            throw Unknown(migration, "It holds more than can be carried out online", others.Length, SqlWriter.Write(plan with { Steps = others, Naming = new Naming(true, true) }));
        }

        return [.. plan.Steps.Select(s => new OnlineStep(OnlineState.Contract, OnlineStepKind.Transaction, "names and remarks", [], SqlWriter.Statements(s, plan.Naming with { Qualify = true, QualifyDropped = true, Exact = true })))];
    }

    // Nothing that takes as long as a table is large, and nothing that clients of the version after would have waited for.
    private static bool IsInstant(PlanStep step) =>
        step is not (PlanStep.CreateTable or PlanStep.CreateEnum or PlanStep.AddEnumValues or PlanStep.CreateIndex or PlanStep.CreateSchema or PlanStep.CreateExtension)
        && (step.Hazards & ~Hazards.SlowsQueries) == Hazards.None;

    // What comes with the version after would come when nobody of it waits any more: views, functions, triggers, policies, rights.
    // What a column had, and its successor has not yet, is no such thing.
    private static bool IsRestored(PlanStep step, Database before) => step switch
    {
        PlanStep.CreateObject made => IsOfColumn(made.Object) || before.Objects.Items.Any(o => o.Definition == made.Object.Definition),
        PlanStep.AlterObject altered => IsOfColumn(altered.To),
        _ => true,
    };

    private static bool IsOfColumn(SqlObject made) => made.Id.Kind is ObjectKind.Comment or ObjectKind.Identity or ObjectKind.SequenceOptions or ObjectKind.SequenceOwner
        or ObjectKind.ColumnStorage or ObjectKind.ColumnCompression or ObjectKind.ColumnStatistics or ObjectKind.ColumnOptions;

    private static async Task TryAsync(ShadowDatabase shadow, ImmutableArray<OnlineStep> steps, RunSettings settings, CancellationToken cancellation)
    {
        foreach (var step in steps)
        {
            // Rows that the migrations themselves have written are there.
            var script = string.Join(";\n", step.Statements.Select(s => step.Kind is OnlineStepKind.Backfill ? $"UPDATE {Spelling.Quote(new ObjectName(settings.Address.Schema, step.Tables[0]))} SET {s}" : s));
            if (await shadow.TryAsync(script, cancellation) is { } failure)
            {
                throw new ProblemException(
                    failure.On(
                        new Problem("SL5136", $"It cannot be carried out online; tried on a scratch database, it stops at `{step.State}` ({step.Title}). The live database was not touched.")
                        {
                            Remedies = ["If an expression is wrong, correct `--set` or `--back`.", "If something else looks at the column (a view, a policy, a generated column), move that in a migration before.", "Or apply the migration plainly: sluice migrate deploy"],
                        },
                        failure.Describe(null, null, settings.Address)),
                    failure.Cause);
            }
        }
    }

    private static ProblemException Unknown(MigrationFile migration, string what, int count, string sql) => OnlineGuards.Unfit(
        $"Migration `{migration.Name}` cannot be carried out online. {what}; {count} difference{(count == 1 ? "" : "s")}:\n{sql.TrimEnd()}",
        "Put that into a migration of its own, before or after: `sluice migrate dev --create-only`, and move the statements there.",
        "Or apply all of it plainly: sluice migrate deploy");

    private static string SchemaFor(string schema, string migration) => Spelling.Cut($"{Spelling.Cut(schema, 28)}_{migration}");
}
