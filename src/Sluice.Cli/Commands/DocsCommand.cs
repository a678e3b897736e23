using System.CommandLine;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Documentation;
using Sluice.Postgres.Connecting;
using Sluice.Postgres.Migrations;
using Sluice.Text;

namespace Sluice.Cli.Commands;

/// <summary>`docs`: the database as a folder of pages.</summary>
internal static class DocsCommand
{
    private const string Default = "database-docs";

    private static readonly Option<string?> Output = new("--output", "-o") { Description = $"The folder to write (default: `{Default}`)", HelpName = "DIR" };

    public static Command Create(Session session) =>
        new ToolCommand("docs", "Write pages about every table: columns, keys, relations, comments, a diagram, the history", session, RunAsync)
        {
            Notes = "Of the schema; with `--url` of a database, then with its functions, policies and triggers too. Static HTML that needs no server and asks nobody for anything. Files that others wrote are never touched.",
            Examples =
            [
                ("docs", $"the schema, in {Default}/index.html"),
                ("docs --url \"$DATABASE_URL\" -o site", "what a database has"),
            ],
        }.With(Output);

    private static async Task<Answer> RunAsync(Session session)
    {
        var source = await DrawnSource.ReadAsync(session, withObjects: true);
        var project = session.Project;
        var site = new Site(
            source.Name,
            // Pages go round: a role's password in a script, or in what a foreign server is reached by, does not.
            source.Database with { Objects = [.. source.Database.Objects.Select(o => o with { Definition = Redaction.Clean(o.Definition) })] },
            source.Comments,
            [.. MigrationFolder.Read(project.MigrationsPath).Migrations.Select(m => new SourceText(m.Name, Redaction.Clean(m.Script)))],
            session.Get(SharedOptions.Url) is null ? [.. project.SqlFiles.Select(f => new SourceText(f.Path, Redaction.Clean(f.Text)))] : []);
        var folder = PageFolder.Compare(session.Get(Output) ?? Default, SiteWriter.Write(site));
        folder.Write();

        var index = Path.Combine(folder.Path, "index.html");
        var removed = folder.Stale.IsEmpty ? "" : $", removed {folder.Stale.Length}";
        session.Terminal.Result($"{session.Terminal.Ink.BoldGreen("✓")} {Paths.Show(index)}: wrote {DiagnosticText.Counted(folder.Changed.Length, "file")}{removed}, {folder.Unchanged} unchanged");
        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("index", index);
            json.WriteStrings("written", folder.Changed.Select(p => p.Path));
            json.WriteStrings("removed", folder.Stale);
            json.WriteNumber("unchanged", folder.Unchanged);
        });
    }
}
