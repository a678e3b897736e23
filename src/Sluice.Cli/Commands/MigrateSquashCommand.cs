using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate squash`: one migration in the place of the first many.</summary>
internal static class MigrateSquashCommand
{
    private static readonly Option<string?> To = new("--to") { Description = "The last migration to take in (default: all)", HelpName = "NAME" };

    private static readonly Option<string?> Name = new("--name", "-n") { Description = "What its name ends in (default: squashed)", HelpName = "NAME" };

    private static readonly Option<string?> Data = Choice();

    public static Command Create(Session session) =>
        new ToolCommand("squash", "Replace the first migrations by one that makes the same database, proved", session, RunAsync)
        {
            ShowsFirst = true,
            Notes = """
                Replays the migrations on a scratch database, writes one migration of what they come to, replays that, and compares
                everything: tables, types, functions, triggers, views, policies, grants, comments. Where they make what only their
                own SQL can say, the one is their scripts, one after another. If it does not make the same, nothing is changed.

                Rows that the migrations leave in a new database are named; --data says whether they are kept. The one says at its head
                which migrations it stands for: a database that has them all gets it marked as applied by the next `migrate deploy`,
                `up` or `migrate dev`, and none of it is run there. One that has a part of them is told what to do.

                The old files are copied to .sluice/squashed first. Interrupted half way, the command run again brings it to its end.
                """,
            Examples =
            [
                ("migrate squash --dry-run", "see what would become of all of them"),
                ("migrate squash --to 20250301120000_add_orders", "the first ones, up to this"),
                ("migrate squash --data keep --yes", "in a script, with the rows they insert"),
            ],
        }.With(To, Name, Data, CacheOptions.NoCache);

    private static async Task<Answer> RunAsync(Session session)
    {
        var terminal = session.Terminal;
        var settings = CacheOptions.Apply(session, LiveRun.HistorySettings(session), develops: true);
        if (!session.Get(OperatingOptions.DryRun) && SquashedFiles.Finish(settings.MigrationsPath) is { } finished)
        {
            terminal.Result(terminal.Ink.Green($"{finished} had been put in place; what it stands for is taken away now."));
            return Answer.With(Outcome.Ok, json =>
            {
                json.WriteString("created", finished);
                json.WriteBoolean("finished", true);
            });
        }

        var data = session.Get(Data) switch { "keep" => SquashData.Keep, "leave-out" => SquashData.LeaveOut, _ => (SquashData?)null };
        var plan = await Squash.PlanAsync(settings, session.Get(To), session.Get(Name) ?? "squashed", data, session.Stop);
        Show(terminal, plan);
        if (session.Get(OperatingOptions.DryRun))
        {
            terminal.Raw(session.Json ? "" : "\n" + plan.Script);
            terminal.Result("Dry run: nothing was changed.");
            return Answer.With(Outcome.Ok, json => Write(json, plan, null));
        }

        var again = $"sluice migrate squash{Given(session, To)}{Given(session, Name)}{Given(session, Data)}{CommandLine.Shared(session)} --yes";
        await Consent.AskAsync(session, "Replace them?", "Files would be replaced, and there is no terminal to ask on; nothing was changed.", $"If that is what you want: `{again}`");
        var backup = Path.Combine(LocalServer.StateFolder(session), "squashed", plan.Name);
        var created = Squash.Write(plan, backup);
        terminal.Result(terminal.Ink.Green($"Wrote {Paths.Show(created.Path)}; the {plan.Replaced.Length} migrations it stands for are in {Paths.Show(backup)}."));
        terminal.Result("Databases that have them all get it marked as applied by the next `sluice migrate deploy`, `sluice up` or `sluice migrate dev`.");
        terminal.Result("Databases that have a part of them must get the rest first, from a commit before this one.");
        return Answer.With(Outcome.Ok, json => Write(json, plan, backup));
    }

    private static void Show(Terminal terminal, SquashPlan plan)
    {
        terminal.Result($"{plan.Replaced.Length} migrations, {plan.Replaced[0].Name} to {plan.Replaced[^1].Name}, become {plan.Name}.");
        terminal.Result(plan.Form is SquashForm.Generated
            ? "Its text is the SQL of what they come to."
            : "Its text is their scripts, one after another.");
        terminal.Result(terminal.Ink.Green("Proved: replayed on a scratch database, it makes the same."));
        if (plan.LeavesRowsOut)
        {
            terminal.Warn("A new database will not have what these migrations leave in one:");
            foreach (var line in plan.Contents)
            {
                terminal.Say("  " + line);
            }
        }

        if (plan.Form is SquashForm.Generated && !plan.Data.IsEmpty)
        {
            terminal.Result("Statements about rows are left out:");
            foreach (var statement in plan.Data)
            {
                terminal.Result($"  {Paths.Show(statement.Path)}:{statement.Line}: {statement.Text}");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, SquashPlan plan, string? backup)
    {
        json.WriteString("created", plan.Name);
        json.WriteStrings("replaced", plan.Replaced.Select(m => m.Name));
        json.WriteString("form", plan.Form is SquashForm.Generated ? "generated" : "joined");
        json.WriteStrings("contents", plan.Contents);
        json.WriteBoolean("leavesRowsOut", plan.LeavesRowsOut);
        json.WriteStrings("dataStatements", plan.Data.Select(d => $"{Paths.Show(d.Path)}:{d.Line}: {d.Text}"));
        json.WriteString("script", plan.Script);
        json.WriteString("backup", backup);
        json.WriteBoolean("dryRun", backup is null);
    }

    private static string Given(Session session, Option<string?> option) =>
        session.Get(option) is { } value ? $" {option.Name} {CommandLine.Quote(value)}" : "";

    private static Option<string?> Choice()
    {
        var option = new Option<string?>("--data") { Description = "What becomes of rows that the migrations insert: keep, leave-out", HelpName = "keep|leave-out" };
        option.AcceptOnlyFromAmong("keep", "leave-out");
        return option;
    }
}
