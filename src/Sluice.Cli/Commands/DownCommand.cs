using System.CommandLine;
using System.Globalization;
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

    public static Command Create(Session session) =>
        new ToolCommand("down", "Undo a migration and everything applied above it, newest first", session, RunAsync)
        {
            RunsMigrations = true,
            Notes = """
                Runs each migration's down file: {version}_{description}.down.sql, or down.sql beside migration.sql. Refuses before the
                first of them when one is missing. Asks; without a terminal it prints the command that says yes. Checks and a
                proved backup go before, checks after, as with `up`.
                """,
            Examples =
            [
                ("down 002 --dry-run", "see what would be undone, and how"),
                ("down 002", "undo 002 and all above it"),
                ("down 002 --yes", "in a script"),
            ],
        }.With([Version, .. RunOptions.All, .. GuardOptions.All]);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = RunOptions.Apply(session, LiveRun.HistorySettings(session));
        var plan = await Down.PlanAsync(settings, session.Get(Version)!, session.Stop);
        if (session.Get(OperatingOptions.DryRun))
        {
            return DryRunText.Down(session, settings, plan, await Surroundings.ReadAsync(settings, session.Stop), await new RunGuard(session, settings).ScopeAsync(plan.Migrations));
        }

        Show(session, settings, plan);
        await RequireConsentAsync(session, plan);
        var guard = new RunGuard(session, LoggedRun.Begin(session, settings, "down"));
        await Down.RunAsync(guard.Settings, plan, session.Stop);
        var (terminal, undone) = (session.Terminal, $"{DiagnosticText.Counted(plan.Migrations.Length, "migration")} undone");
        terminal.Result(guard.NeedsAttention ? terminal.Ink.BoldYellow($"{undone}; a check after them is critical.") : terminal.Ink.Green($"{undone}."));
        return Answer.With(guard.NeedsAttention ? Outcome.Attention : Outcome.Ok, json =>
        {
            json.WriteStrings("undone", plan.Migrations.Select(m => m.Name));
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

        foreach (var (migration, reason) in plan.Migrations.SelectMany(m => DownScript.Irreversible(m.Script).Select(r => (m.Name, r))))
        {
            session.Terminal.Warn($"{migration} is irreversible: {reason}");
        }

        session.Terminal.Say("Rows that they drop are lost.");
    }

    private static Task RequireConsentAsync(Session session, DownPlan plan) => Consent.AskAsync(
        session,
        "Run them?",
        "Undoing migrations can lose data, and there is no terminal to ask on; nothing was changed.",
        $"To see the statements: `sluice down {plan.Target} --dry-run{CommandLine.Shared(session)}`",
        $"If that is what you want: `sluice down {plan.Target} --yes{CommandLine.Shared(session)}`");
}
