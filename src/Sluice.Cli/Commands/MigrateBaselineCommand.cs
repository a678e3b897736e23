using System.CommandLine;
using System.Text.Json;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate baseline`: takes over a database that has tables and no history, in one command.</summary>
internal static class MigrateBaselineCommand
{
    public const string DefaultName = "0_init";

    public static readonly Option<bool> AcceptDifference = new("--accept-difference")
    {
        Description = "Go on although the migration does not make all of the database",
    };

    private static readonly Option<string?> Name = new("--name", "-n") { Description = $"The migration's name (default: {DefaultName})", HelpName = "NAME" };

    public static Command Create(Session session) =>
        new ToolCommand("baseline", "Take over a live database: its SQL as the first migration, marked as applied", session, RunAsync)
        {
            ShowsFirst = true,
            Notes = """
                Reads the database, writes the SQL of all of it, runs that on a scratch database and compares: tables, types, functions,
                triggers, views, policies, grants, comments. Where the schema has no models yet, it is pulled too. In the database nothing
                changes but the history, which says that this first migration is applied.
                """,
            Examples =
            [
                ("migrate baseline --dry-run", "see the migration, and whether it makes the same"),
                ("migrate baseline", "write it, mark it, and pull the schema"),
            ],
        }.With(Name, AcceptDifference);

    private static async Task<Answer> RunAsync(Session session)
    {
        var settings = LiveRun.HistorySettings(session);
        var first = await FirstMigration.PlanAsync(settings, session.Get(Name) ?? DefaultName, null, session.Stop);
        Show(session, first);
        if (session.Get(OperatingOptions.DryRun))
        {
            return DryRun(session, first);
        }

        await AskAsync(session, first, $"sluice migrate baseline{(session.Get(Name) is { } name ? $" --name {CommandLine.Quote(name)}" : "")}");
        return await WriteAsync(session, settings, first);
    }

    public static void Show(Session session, FirstMigration first)
    {
        var terminal = session.Terminal;
        terminal.Result($"The database becomes the migration {first.Name}, {DiagnosticText.Counted(first.Script.Count(c => c == '\n'), "line")}.");
        if (first.Difference.IsEmpty)
        {
            terminal.Result(terminal.Ink.Green("Proved: run on a scratch database, it makes the same."));
        }
        else
        {
            terminal.Warn("Run on a scratch database, it does not make the same. Against the live one:");
            ProofText.Difference(terminal, first.Difference);
        }
    }

    public static Answer DryRun(Session session, FirstMigration first)
    {
        session.Terminal.Raw(session.Json ? "" : "\n" + first.Script);
        session.Terminal.Result("Dry run: nothing was changed.");
        return Answer.With(first.Difference.IsEmpty ? Outcome.Ok : Outcome.Attention, json => Write(json, first, null));
    }

    public static async Task AskAsync(Session session, FirstMigration first, string command)
    {
        var again = $"{command}{CommandLine.Shared(session)}";
        if (!first.Difference.IsEmpty && !session.Get(AcceptDifference))
        {
            throw new StopException(
                "The first migration does not make all of the database, so nothing was changed.",
                null,
                "Schemas that are missing: name them in the datasource, `schemas = [\"public\", \"…\"]`.",
                $"If what differs may stay outside of the history: `{again} --accept-difference`")
            {
                Outcome = Outcome.Attention,
            };
        }

        await Consent.AskAsync(
            session,
            "Take the database over?",
            "Files and a history would be written, and there is no terminal to ask on; nothing was changed.",
            $"If that is what you want: `{again}{(session.Get(AcceptDifference) ? " --accept-difference" : "")} --yes`");
    }

    public static async Task<Answer> WriteAsync(Session session, RunSettings settings, FirstMigration first)
    {
        var created = await first.WriteAsync(settings, session.Stop);
        session.Terminal.Result(session.Terminal.Ink.Green($"Wrote {Paths.Show(created.Path)}, and marked it as applied."));
        if (session.Project.FoundSchemaPath is null || session.Project.Schema.Value.Entities.Count == 0)
        {
            await DbPullCommand.RunAsync(session);
        }

        return Answer.With(Outcome.Ok, json => Write(json, first, created.Path));
    }

    private static void Write(Utf8JsonWriter json, FirstMigration first, string? path)
    {
        json.WriteString("created", first.Name);
        json.WriteString("path", path is null ? null : Paths.Show(path));
        json.WriteStrings("missing", first.Difference.Missing);
        json.WriteStrings("extra", first.Difference.Extra);
        json.WriteString("script", first.Script);
        json.WriteBoolean("dryRun", path is null);
    }
}
