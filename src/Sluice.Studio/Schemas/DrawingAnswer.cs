using System.Collections.Immutable;
using Sluice.Diagram;
using Sluice.Introspection;
using Sluice.Studio.Storage;
using Sluice.Studio.Tables;
using Sluice.Text;

namespace Sluice.Studio.Schemas;

/// <summary>The tables and what ties them, drawn as `sluice erd` draws them.</summary>
/// <param name="Boxes">All that can be drawn, also where the drawing is of a few.</param>
internal sealed record DrawingAnswer(string Svg, ImmutableArray<DrawnBox> Boxes)
{
    /// <param name="center">Draws this one and those around it; null for all.</param>
    /// <param name="depth">How many relations away.</param>
    /// <exception cref="RefusedException">There is no such table, view or enum.</exception>
    public static async Task<DrawingAnswer> ReadAsync(StudioDatabase database, StudioSettings settings, TableName? center, int depth, bool keysOnly, CancellationToken cancellation)
    {
        var tables = await DrawnTables.ReadAsync(database, settings.Run, cancellation);
        // What people wrote in the schema holds for the database that is made from it.
        var written = settings.Schema?.Invoke() is { IsEmpty: false } files ? PreviousSchema.Read(files).Model : null;
        var all = SketchBuilder.Build(tables, Comments.Of(tables, written), keysOnly);
        var drawn = center is null ? all : Focus.On(all, Require(all, center), depth);
        return new DrawingAnswer(
            SvgWriter.Write(DiagramLayout.Arrange(drawn), new SvgSettings("Tables and their relations") { IsPart = true, Link = Address }),
            [.. all.Boxes.Select(b => new DrawnBox(b.Kind.ToString().ToLowerInvariant(), b.Name.Schema, b.Name.Name, b.Label, [.. b.Rows.Select(r => r.Name)]))]);
    }

    private static Box Require(Sketch sketch, TableName name) => sketch.Boxes.FirstOrDefault(b => b.Name == new Catalog.ObjectName(name.Schema, name.Name))
        ?? throw new RefusedException(404, $"There is nothing drawn by the name {name.Schema}.{name.Name}.", "Load the page again: the list is made when it opens.");

    private static string Address(Box box) => $"#/schema/{Uri.EscapeDataString(box.Name.Schema)}/{Uri.EscapeDataString(box.Name.Name)}";
}

/// <param name="Label">What the drawing calls it: with its schema where there are several.</param>
/// <param name="Rows">Its columns, or the values of an enum.</param>
internal sealed record DrawnBox(string Kind, string Schema, string Name, string Label, ImmutableArray<string> Rows);
