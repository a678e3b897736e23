using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;
using Sluice.Sql;

namespace Sluice.Cli.Commands;

/// <summary>`down V`: undoes a migration and everything above it, after asking.</summary>
internal static class DownCommand
{
    private static readonly Argument<string> Version = new("version")
    {
        HelpName = "V",
        Description = "The lowest migration to undo: its version or whole name",
    };

    private static readonly Option<bool> AcceptDataLoss = new("--accept-data-loss") { Description = "Go on although a migration is irreversible: what it destroyed does not come back" };

    public static Command Create(Session session) =>
        new ToolCommand("down", "Undo a migration and everything applied above it, newest first", session, RunAsync)
        {
            RunsMigrations = true,
            Notes = """
                Runs each migration's down file: {version}_{description}.down.sql, or down.sql beside migration.sql. Refuses before the
                first of them when one is missing. Asks; without a terminal it prints the command that says yes. Checks and a
                proved backup go before, checks after, as with `up`.

                A down file that says at its head `-- irreversible: reason` is refused without --accept-data-loss. The ones that
                `migrate dev` writes keep the rows they drop in archive tables, in schema `sluice_archive`.
                """,
            Examples =
            [
                ("down 002 --dry-run", "see what would be undone, and how"),
                ("down 002", "undo 002 and all above it"),
                ("down 002 --yes", "in a script"),
            ],
        }.With([Version, AcceptDataLoss, .. RunOptions.All, .. GuardOptions.All]);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = RunOptions.Apply(session, LiveRun.HistorySettings(session));
        var plan = await Down.PlanAsync(settings, session.Get(Version)!, session.Stop);
        if (session.Get(OperatingOptions.DryRun))
        {
            var input = LintSources.Ahead(session, plan.Migrations, await LiveSchema.ReadAsync(settings, session.Stop));
            return DryRunText.Down(session, settings, plan, input, await new RunGuard(session, settings).ScopeAsync(plan.Migrations));
        }

        Show(session, settings, plan);
        RequireReversible(session, plan);
        await RequireConsentAsync(session, plan);
        var guard = new RunGuard(session, LoggedRun.Begin(session, settings));
        await Down.RunAsync(guard.Settings, plan, session.Stop);
        var (terminal, undone) = (session.Terminal, $"{DiagnosticText.Counted(plan.Migrations.Length, "migration")} undone");
        terminal.Result(guard.NeedsAttention ? terminal.Ink.BoldYellow($"{undone}; a check after them is critical.") : terminal.Ink.Green($"{undone}."));
        return Answer.With(guard.NeedsAttention ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteStrings("undone", plan.Migrations.Select(m => m.Name));
            WriteFate(json, plan);
            guard.WriteJson(json);
        });
    }

    private static void Show(Session session, RunSettings settings, DownPlan plan)
    {
        var terminal = session.Terminal;
        terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"This undoes {DiagnosticText.Counted(plan.Migrations.Length, "migration")} in \"{settings.Address.Database}\" at {settings.Address.Server}, newest first:"));
        foreach (var migration in plan.Migrations)
        {
            terminal.Say($"  {migration.Name}  {terminal.ErrorInk.Faint(Paths.Show(migration.Path))}");
        }

        foreach (var half in plan.Continued)
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"An earlier run was stopped after {half.Done} of {half.Total} statements of `{half.Migration}`; it goes on there."));
        }

        foreach (var name in plan.Edited)
        {
            terminal.Warn($"The migration `{name}` was modified after it was applied; its down file may undo something else.");
        }

        SayProof(session, settings, plan);
    }

    /// <summary>Nothing unproved is run without saying so.</summary>
    public static void SayProof(Session session, RunSettings settings, DownPlan plan)
    {
        var proved = ProofRecord.Holding(MigrationFolder.Read(settings.MigrationsPath));
        var unproved = plan.Migrations.Select(m => m.Name).Except(proved, StringComparer.Ordinal).ToList();
        if (unproved.Count > 0)
        {
            session.Terminal.Warn($"Unproved, so they may not undo exactly what was done: {string.Join(", ", unproved)}. To try them on a scratch database: `sluice migrate verify{CommandLine.Shared(session)}`");
        }
        else
        {
            session.Terminal.Note("All of them were proved on a scratch database: up, down and up again.");
        }

        foreach (var (migration, reason) in Irreversible(plan))
        {
            session.Terminal.Warn($"{migration} is irreversible: {reason}");
        }

        var kept = Kept(plan);
        if (!kept.IsEmpty)
        {
            session.Terminal.Say($"Rows are kept in {string.Join(", ", kept)}.");
        }

        if (plan.Migrations.Any(m => DownScript.Kept(m.Script).IsEmpty))
        {
            session.Terminal.Say(kept.IsEmpty ? "Rows that they drop are lost." : "Other rows that they drop are lost.");
        }
    }

    public static void WriteFate(Utf8JsonWriter json, DownPlan plan)
    {
        json.WriteStartArray("irreversible");
        foreach (var (migration, reason) in Irreversible(plan))
        {
            json.WriteStartObject();
            json.WriteString("migration", migration);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStrings("kept", Kept(plan));
    }

    private static ImmutableArray<string> Kept(DownPlan plan) => [.. plan.Migrations.SelectMany(m => DownScript.Kept(m.Script))];

    private static ImmutableArray<(string Migration, string Reason)> Irreversible(DownPlan plan) =>
        [.. plan.Migrations.SelectMany(m => DownScript.Irreversible(m.Script).Select(r => (m.Name, r)))];

    // A yes to "run them?" is none to a loss that it does not undo: that has a word of its own.
    private static void RequireReversible(Session session, DownPlan plan)
    {
        if (session.Get(AcceptDataLoss) || Irreversible(plan) is not { IsEmpty: false } irreversible)
        {
            return;
        }

        throw new StopException(
            $"{DiagnosticText.Counted(irreversible.Select(i => i.Migration).Distinct().Count(), "migration")} cannot be undone without loss; nothing was changed.{string.Concat(irreversible.Select(i => $"\n  • {i.Migration}: {i.Reason}"))}",
            "SL5029",
            "Where what is gone must come back, restore a backup instead: `sluice restore FILE`",
            $"If the loss is accepted: `sluice down {plan.Target} --accept-data-loss{CommandLine.Shared(session)}`")
        {
            Outcome = Outcome.Attention,
        };
    }

    private static Task RequireConsentAsync(Session session, DownPlan plan) => Consent.AskAsync(
        session,
        "Run them?",
        "Undoing migrations can lose data, and there is no terminal to ask on; nothing was changed.",
        $"To see the statements: `sluice down {plan.Target} --dry-run{CommandLine.Shared(session)}`",
        $"If that is what you want: `sluice down {plan.Target} --yes{(session.Get(AcceptDataLoss) ? " --accept-data-loss" : "")}{CommandLine.Shared(session)}`");
}
