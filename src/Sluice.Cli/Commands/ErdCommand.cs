using System.CommandLine;
using System.Globalization;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;
using Sluice.Diagram;

namespace Sluice.Cli.Commands;

/// <summary>`erd`: the tables and what ties them, as a picture.</summary>
internal static class ErdCommand
{
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file to write (default: SVG on stdout)", HelpName = "FILE" };

    private static readonly Option<bool> Png = new("--png") { Description = "A PNG instead, by a chromium or chrome that is on the PATH" };

    private static readonly Option<string?> Table = new("--focus") { Description = "Only this table and those around it", HelpName = "TABLE" };

    private static readonly Option<int?> Depth = new("--depth") { Description = "How many relations away from it (default 1)", HelpName = "N" };

    private static readonly Option<bool> Keys = new("--keys") { Description = "Only the columns of keys" };

    private static readonly Option<Theme> Colours = new("--theme") { Description = "auto (as the reader's system), light or dark", HelpName = "THEME" };

    public static Command Create(Session session) =>
        new ToolCommand("erd", "Draw the tables and their relations", session, RunAsync)
        {
            Notes = "Of the schema; with `--url` of a database. The same input gives the same bytes: a picture can be kept beside the schema. docs/erd.md explains the signs.",
            Examples =
            [
                ("erd -o schema.svg", "the schema as SVG"),
                ("erd --focus orders --depth 2 -o orders.svg", "one table and its neighbourhood"),
                ("erd --keys --theme light --png -o schema.png", "keys alone, as PNG"),
                ("erd --url \"$DATABASE_URL\" -o live.svg", "what a database has"),
            ],
        }.With(Output, Png, Table, Depth, Keys, Colours);

    private static async Task<Answer> RunAsync(Session session)
    {
        var (png, file) = (session.Get(Png), session.Get(Output));
        if (png && file is null)
        {
            throw new StopException("A PNG needs a file.", null, "Name it: `--output schema.png`.");
        }

        if (session.Has(Depth) && (session.Get(Table) is null || session.Get(Depth) < 0))
        {
            throw new StopException("`--depth` is how far to look around the table of `--focus`, from 0 on.", null, "For example: `sluice erd --focus orders --depth 2`.");
        }

        // A picture by a browser cannot ask whose system it will be looked at.
        var theme = png && session.Get(Colours) is Theme.Auto ? Theme.Light : session.Get(Colours);
        var source = await DrawnSource.ReadAsync(session);
        var sketch = Focused(session, SketchBuilder.Build(source.Database, source.Comments, session.Get(Keys)));
        if (sketch.Boxes.Count == 0)
        {
            throw new StopException("There is nothing to draw: no table, no view, no enum.", null, "Declare a model in the schema, or name another database with `--url`.");
        }

        var drawing = DiagramLayout.Arrange(sketch);
        var svg = SvgWriter.Write(drawing, new SvgSettings(source.Name) { Theme = theme });
        if (png)
        {
            await Browser.PictureAsync(svg, drawing.Width, drawing.Height, file!, session.Stop);
        }
        else if (file is not null)
        {
            AtomicFile.Write(file, svg);
        }
        else if (!session.Json)
        {
            session.Terminal.Raw(svg);
            return Answer.Ok;
        }

        var tables = sketch.Boxes.Count(b => b.Kind is BoxKind.Table);
        if (file is not null)
        {
            session.Terminal.Result($"{session.Terminal.Ink.BoldGreen("✓")} Drew {DiagnosticText.Counted(tables, "table")} and {DiagnosticText.Counted(sketch.Edges.Count, "relation")} in {Paths.Show(file)} ({string.Create(CultureInfo.InvariantCulture, $"{drawing.Width} × {drawing.Height}")})");
        }

        return Answer.With(Outcome.Ok, json =>
        {
            json.WriteString("file", file);
            json.WriteNumber("tables", tables);
            json.WriteNumber("relations", sketch.Edges.Count);
            json.WriteNumber("width", drawing.Width);
            json.WriteNumber("height", drawing.Height);
            if (file is null)
            {
                json.WriteString("svg", svg);
            }
        });
    }

    private static Sketch Focused(Session session, Sketch sketch)
    {
        if (session.Get(Table) is not { } name)
        {
            return sketch;
        }

        if (Focus.Find(sketch, name) is { } box)
        {
            return Focus.On(sketch, box, session.Get(Depth) ?? 1);
        }

        var alike = sketch.Boxes.Where(b => b.Name.Name.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(b.Name.Name, StringComparison.OrdinalIgnoreCase)).Select(b => $"`{b.Label}`").Take(5).ToList();
        throw new StopException(
            $"There is no table `{name}`, or several schemas have one.",
            null,
            alike.Count == 0 ? "Name a table as the database calls it (`@@map`)." : $"Perhaps {string.Join(", ", alike)}?");
    }
}
