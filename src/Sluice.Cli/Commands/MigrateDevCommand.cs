using System.CommandLine;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Lint;
using Sluice.Lint.Rules;
using Sluice.Postgres.Migrations;
using Sluice.Postgres.Proving;
using Sluice.Postgres.Running;
using Sluice.Postgres.Verifying;

namespace Sluice.Cli.Commands;

/// <summary>`migrate dev`: makes the next migration from what changed in the schema, and applies it.</summary>
internal static class MigrateDevCommand
{
    private const string EmptyMigration = "-- This is an empty migration.";

    private static readonly Option<string?> Name = new("--name", "-n") { Description = "The migration's name", HelpName = "NAME" };

    private static readonly Option<bool> CreateOnly = new("--create-only") { Description = "Write the migration, do not apply it" };

    private static readonly Option<bool> NoDown = new("--no-down") { Description = "Leave out down.sql, the way back" };

    private static readonly Option<bool?> KeepData = new("--keep-data")
    {
        Description = "The migration keeps what it drops in archive tables, so that down.sql can bring it back",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "true|false",
    };

    private static readonly Option<bool?> InUse = new("--online")
    {
        Description = "Write forms that keep nobody waiting: CONCURRENTLY, NOT VALID and VALIDATE, one table at a time",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "true|false",
    };

    private static readonly Option<bool> SkipGenerate = new("--skip-generate") { Description = "Accepted for Prisma's sake", Hidden = true };

    private static readonly Option<bool> SkipSeed = new("--skip-seed") { Description = "Do not run the seed on a database that was created" };

    public static Command Create(Session session) =>
        new ToolCommand("dev", "Development: make a migration from the schema's changes, and apply it", session, RunAsync)
        {
            KeepsLog = true,
            Notes = """
                Replays the history in a scratch database, tells drift, edited and missing migrations apart, applies what is
                pending, then writes what the schema asks for beyond that. Never proposes to reset. Where data may be lost it
                counts the rows and asks; with no terminal it stops and prints the command to run.

                What goes may be what comes under a new name. A line `/// @renamedFrom("old")` above it in the schema says so;
                otherwise it asks, and with no terminal it stops and prints the line to write.

                Beside migration.sql it writes down.sql, the way back, and tries it on a scratch database: up, down and up
                again, without rows and with invented ones. It keeps the rows and values that it drops in archive tables, in
                schema `sluice_archive`. What the migration itself drops cannot come back, which is said at the head of down.sql,
                line by line: `-- irreversible: reason`.

                With --keep-data the migration, too, first copies what it drops to archive tables; down.sql brings it back, and
                migration.sql, run again, brings back what down.sql kept. Its text is then no longer the one that Prisma would
                write. To have it always: {"keepData": true} in sluice.json; --keep-data false overrules that once.

                With --online, migration.sql and down.sql keep nobody waiting for longer than a lock takes; what no form of one
                migration does so is named with what does. Prisma cannot run such a script. To have it always: {"online": true}
                in sluice.json; --online false overrules that once.
                """,
            Examples =
            [
                ("migrate dev --name add_users", "write migrations/<time>_add_users and apply it"),
                ("migrate dev --name add_users --create-only", "write it, to read or edit it first"),
                ("migrate dev --name drop_nickname --keep-data", "drop it so that it can be brought back"),
                ("migrate dev --name find_by_email --online", "indexes, keys and constraints without stopping writers"),
                ("migrate dev", "apply what is pending; asks for a name when the schema changed"),
            ],
        }.With(Name, CreateOnly, RenameQuestions.NotRenamed, NoDown, KeepData, InUse, CacheOptions.NoCache, SkipGenerate, SkipSeed);

    private static async Task<Answer> RunAsync(Session session)
    {
        var defaults = SluiceJson.Read(session.Project.Folder);
        var keepData = session.Has(KeepData) ? session.Get(KeepData) ?? true : defaults.KeepData;
        var online = session.Has(InUse) ? session.Get(InUse) ?? true : defaults.Online;
        var settings = CacheOptions.Apply(session, LiveRun.Settings(session), develops: true);
        var wanted = LoadedSchema.Catalog(session, settings.Address.Schema);
        var diagnosis = await Dev.DiagnoseAsync(settings, wanted, session.Stop);
        if (diagnosis.IsBlocked)
        {
            return DevFindings.Print(session, diagnosis);
        }

        DevFindings.Note(session, diagnosis);
        var created = diagnosis.DatabaseCreated;

        if (!diagnosis.History.Pending.IsEmpty)
        {
            settings = LoggedRun.Begin(session, settings);
        }

        var pending = await Dev.ApplyPendingAsync(settings, diagnosis, session.Stop);
        HistoryWarnings.Squashed(session.Terminal, pending);
        if (!pending.Applied.IsEmpty)
        {
            MigrateDeployCommand.Report(session, pending);
        }

        if (!diagnosis.HalfApplied.IsEmpty)
        {
            // Only now is there a whole to compare with.
            diagnosis = await Dev.DiagnoseAsync(settings, wanted, session.Stop);
            if (diagnosis.IsBlocked)
            {
                return DevFindings.Print(session, diagnosis);
            }
        }

        var proposal = await Dev.ProposeAsync(settings, diagnosis, online, session.Stop);
        if (proposal.IsEmpty && !session.Get(CreateOnly))
        {
            session.Terminal.Result(session.Terminal.Ink.Green(pending.Applied.IsEmpty
                ? "Already in sync, no schema change or pending migration was found."
                : "Your database is now in sync with your schema."));
            return await SeedNewAsync(session, settings, created, Report(pending, null, pending));
        }

        var (settled, stop) = await RenameQuestions.SettleAsync(
            session,
            diagnosis.Wanted,
            proposal,
            known => Dev.ProposeAsync(settings, diagnosis with { Wanted = known }, online, session.Stop),
            // Where this database has no rows, the next one that runs the migration has.
            matters: _ => true,
            $"{Again(session)}{(session.Get(CreateOnly) ? " --create-only" : "")}");
        return stop ?? (session.Get(CreateOnly)
            ? await CreateAsync(session, settings, settled, pending, keepData)
            : await SeedNewAsync(session, settings, created, await CreateAsync(session, settings, settled, pending, keepData)));
    }

    // Prisma seeds where its `dev` resets, which this one never does, and where it makes the database.
    private static async Task<Answer> SeedNewAsync(Session session, RunSettings settings, bool databaseCreated, Answer answer)
    {
        if (databaseCreated && !session.Get(SkipSeed) && Seed.Declared(session.Project) is { } seed)
        {
            await seed.RunAsync(session, LoggedRun.Begin(session, settings));
        }

        return answer;
    }

    private static string Again(Session session) => $"sluice migrate dev --name {CommandLine.Quote(session.Get(Name) ?? "NAME")}{CommandLine.Shared(session)}";

    private static async Task<Answer> CreateAsync(Session session, RunSettings settings, SchemaProposal proposal, DeployResult pending, bool keepData)
    {
        var terminal = session.Terminal;
        var createOnly = session.Get(CreateOnly);
        var title = session.Get(Name);
        var again = Again(session) + RenameQuestions.Given(session);
        if (session.Verbose)
        {
            terminal.Note(proposal.Script);
        }

        if (createOnly)
        {
            Consent.Show(terminal, proposal);
        }
        else
        {
            await Consent.RequireAsync(session, proposal, false, $"{again} --yes", $"{again} --create-only");
        }

        title ??= await terminal.AskAsync("Enter a name for the new migration:", session.Stop) ?? throw new StopException(
            "The schema changed, and the migration needs a name.",
            null,
            $"`{again}{(createOnly ? " --create-only" : "")}`")
        {
            Outcome = Outcome.Attention,
        };
        var (created, back) = await WriteAsync(session, settings, proposal, title.Length == 0 ? "migration" : title, keepData);
        // As it was written: what is kept closes a table, which is to be said.
        proposal = keepData ? proposal.Keeping(created.Name) : proposal;
        await LintAsync(session, settings, created);
        if (createOnly)
        {
            terminal.Result("The following migration was created, and not applied:");
            Show(session, created);
            WayBack.Say(session, created, back);
            OnlineTalk.Say(session, proposal.Online);
            terminal.Result("You can now edit it and apply it by running `sluice migrate dev`.");
            return Report(pending, created, pending, back, proposal);
        }

        settings = LoggedRun.Begin(session, settings);
        var applied = await Dev.ApplyCreatedAsync(settings, proposal, created, session.Stop);
        var remaining = proposal.IsEmpty ? [] : await Dev.RemainingAsync(settings, proposal, session.Stop);
        terminal.Result("The following migration(s) have been created and applied from new schema changes:");
        Show(session, created);
        WayBack.Say(session, created, back);
        OnlineTalk.Say(session, proposal.Online);
        if (remaining.IsEmpty || proposal.Online is { Late.IsEmpty: false })
        {
            terminal.Result(remaining.IsEmpty
                ? terminal.Ink.Green("Your database is now in sync with your schema.")
                : "Your database is as far as one migration gets; the next one takes it to your schema.");
            return Report(pending, created, applied, back, proposal);
        }

        terminal.Warn($"Applied, and the database is not yet what the schema asks for ({DiagnosticText.Counted(remaining.Length, "step")} to go). To see what: `sluice migrate diff --from-url \"$DATABASE_URL\" --to-schema {CommandLine.Quote(Paths.Show(session.Project.SchemaPath))}`");
        return Report(pending, created, applied, back, proposal) with { Outcome = Outcome.Attention };
    }

    private static async Task<(MigrationFile Created, Reversal? Back)> WriteAsync(Session session, RunSettings settings, SchemaProposal proposal, string title, bool keepData)
    {
        if (proposal.IsEmpty)
        {
            return (Dev.Create(settings, proposal with { Script = EmptyMigration + "\n" }, title), null);
        }

        return session.Get(NoDown)
            ? (Dev.Create(settings, proposal, title, keepData), null)
            : await Dev.CreateWithDownAsync(settings, proposal, title, keepData, session.Stop);
    }

    // Its own database is small; the one that the migration is for is not.
    private static async Task LintAsync(Session session, RunSettings settings, MigrationFile created)
    {
        var live = await LiveSchema.ReadAsync(settings, session.Stop);
        LintText.Brief(session.Terminal, Linter.Run(LintSources.Ahead(session, [created], live with { Facts = LintFacts.None })));
    }

    private static void Show(Session session, MigrationFile migration)
    {
        session.Terminal.Result();
        foreach (var line in LiveRun.Tree(session, [migration.Name]))
        {
            session.Terminal.Result(line);
        }

        session.Terminal.Result();
    }

    private static Answer Report(DeployResult pending, MigrationFile? created, DeployResult applied, Reversal? back = null, SchemaProposal? proposal = null) => Answer.With(Outcome.Ok, json =>
    {
        json.WriteString("created", created?.Name);
        json.WriteString("path", created is null ? null : Paths.Show(created.Path));
        json.WriteStrings("applied", pending.Applied.Concat(applied.Applied).Distinct());
        RenameQuestions.WriteJson(json, proposal ?? SchemaProposal.Nothing);
        WayBack.Write(json, back);
        OnlineTalk.WriteJson(json, proposal?.Online);
    });
}
