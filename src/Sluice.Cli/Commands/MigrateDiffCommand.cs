using System.Collections.Immutable;
using System.CommandLine;
using Sluice.Catalog;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diff;
using Sluice.Diff.Renames;

namespace Sluice.Cli.Commands;

/// <summary>`migrate diff`: what leads from one shape of a database to another.</summary>
internal static class MigrateDiffCommand
{
    private static readonly DiffEndOptions From = new("from");
    private static readonly DiffEndOptions To = new("to");

    private static readonly Option<bool> Script = new("--script") { Description = "Print the SQL instead of a summary" };

    private static readonly Option<bool> InUse = new("--online") { Description = "The SQL in forms that keep nobody waiting; what no form does is named at its head" };

    private static readonly Option<bool> ExitCode = new("--exit-code") { Description = "Exit 2 when there are differences, 0 when there are none" };

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Write to a file instead of stdout", HelpName = "FILE" };

    public static readonly Option<string?> ShadowUrl = new("--shadow-database-url")
    {
        Description = "The scratch database for replaying migrations (default: one is created and dropped)",
        HelpName = "URL",
    };

    public static Command Create(Session session) =>
        new ToolCommand("diff", "Compare two shapes of a database: schemas, migrations, live databases, scripts", session, RunAsync)
        {
            Notes = "Prisma's older spellings (--from-schema-datamodel, --from-schema-datasource) are understood too.",
            Examples =
            [
                ("migrate diff --from-empty --to-schema schema.prisma --script", "the SQL of a whole schema"),
                ("migrate diff --from-url \"$DATABASE_URL\" --to-schema schema.prisma --exit-code", "in CI: does the database equal the schema?"),
                ("migrate diff --from-migrations migrations --to-schema schema.prisma --script -o up.sql", "what the next migration would be"),
                ("migrate diff --from-migrations migrations --to-schema schema.prisma --script --online -o 7_next.up.sql", "for tables in use"),
            ],
        }.With([.. From.All, .. To.All, ShadowUrl, Script, InUse, ExitCode, Output]);

    private static async Task<Answer> RunAsync(Session session)
    {
        var (from, to) = await DiffEnds.ReadAsync(session, From.Read(session), To.Read(session));
        var changes = CatalogDiffer.Diff(from, to);
        var online = session.Get(InUse) ? Migration.OnlineFile(from, to) : null;
        var script = online?.Script ?? Migration.Script(from, to);
        var differs = script.Length > 0;
        var candidates = RenameHints(session, from, to);
        var answer = new Answer(Outcome.Ok, json =>
        {
            json.WriteBoolean("differs", differs);
            ChangeJson.Write(json, "changes", changes);
            json.WriteString("script", script);
            OnlineTalk.WriteJson(json, online);
            RenameStop.WriteJson(json, candidates.Select(c => (c.Candidate, (long?)null, c.Place)));
        })
        {
            ExitCode = session.Get(ExitCode) && differs ? 2 : 0,
            WritesReport = session.Get(Output) is null,
        };

        if (session.Get(Output) is { } file)
        {
            AtomicFile.Write(file, session.Get(Script) ? script : Migration.Summary(from, to));
            session.Terminal.Say($"Wrote {Paths.Show(file)}.");
        }
        else if (session.Get(Script) && !session.Json)
        {
            session.Terminal.Raw(script.Length == 0 || script.EndsWith('\n') ? script : script + "\n");
            if (!differs)
            {
                session.Terminal.Note("No difference detected.");
            }
        }
        else if (!session.Json)
        {
            session.Terminal.Raw(differs ? ChangeText.Paint(Migration.Summary(from, to), session.Terminal.Ink) : "No difference detected.\n");
        }

        OnlineTalk.Say(session, online);
        return answer;
    }

    /// <summary>The SQL stays what it is; that it may drop what was only renamed is said beside it.</summary>
    private static ImmutableArray<(RenameCandidate Candidate, HintPlace? Place)> RenameHints(Session session, Database from, Database to)
    {
        var found = RenameCandidates.Between(from, to);
        if (found.IsEmpty || To.Read(session) is not DiffEnd.Schema schema)
        {
            return [.. found.Select(c => (c, (HintPlace?)null))];
        }

        var files = SchemaFiles.Read(schema.Path);
        var model = Migration.Read(files.AsSpan()).Value;
        ImmutableArray<(RenameCandidate Candidate, HintPlace? Place)> placed = [.. found.Select(c => (c, HintPlace.Of(c.Rename, model, to.DefaultSchema, files)))];
        foreach (var (candidate, place) in placed)
        {
            session.Terminal.Warn(
                $"The {candidate.Kind} `{candidate.OldPath}` goes and `{candidate.New}` comes. If it is the same, write above {RenameStop.Where(place)}: `{RenameStop.Line(candidate)}`");
        }

        return placed;
    }
}
