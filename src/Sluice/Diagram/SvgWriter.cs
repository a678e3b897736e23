using System.Globalization;
using System.Text;
using Sluice.Text;
using static System.FormattableString;

namespace Sluice.Diagram;

/// <param name="Name">What the picture is of.</param>
public sealed record SvgSettings(string Name)
{
    public Theme Theme { get; init; }

    /// <summary>Inside of a page whose style sheet has the rules: without a style of its own.</summary>
    public bool IsPart { get; init; }

    /// <summary>Where a box leads, null for nowhere.</summary>
    public Func<Box, string?>? Link { get; init; }
}

/// <summary>A drawing as SVG that needs nothing beside it. Each box says its `data-table`, each edge its `data-from` and `data-to`.</summary>
public static class SvgWriter
{
    private const int Radius = 5;

    public static string Write(Drawing drawing, SvgSettings settings)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram\" width=\"{drawing.Width}\" height=\"{drawing.Height}\" viewBox=\"0 0 {drawing.Width} {drawing.Height}\" role=\"{(settings.IsPart ? "group" : "img")}\" aria-label=\"{Markup.EscapeLine(settings.Name)}\">\n");
        if (!settings.IsPart)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<title>{Markup.EscapeLine(settings.Name)}</title>\n<style>\n{DiagramStyle.Colours(".diagram", settings.Theme)}{DiagramStyle.Rules}</style>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"paper\" width=\"{drawing.Width}\" height=\"{drawing.Height}\"/>\n");
        }

        foreach (var group in drawing.Groups)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<g data-schema=\"{Markup.EscapeLine(group.Name)}\"><rect class=\"area\" x=\"{group.X}\" y=\"{group.Y}\" width=\"{group.Width}\" height=\"{group.Height}\" rx=\"10\"/><text class=\"area-name\" x=\"{group.X + 14}\" y=\"{group.Y + 23}\">{Markup.EscapeLine(group.Name)}</text></g>\n");
        }

        foreach (var (i, edge) in drawing.Sketch.Edges.Index())
        {
            Edge(svg, edge, drawing);
            EdgeEnds(svg, edge, drawing.Routes[i]);
        }

        foreach (var (i, box) in drawing.Sketch.Boxes.Index())
        {
            Box(svg, box, drawing.Places[i], settings.Link?.Invoke(box));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Edge(StringBuilder svg, Edge edge, Drawing drawing)
    {
        var (from, to) = (drawing.Sketch.Boxes[edge.From], drawing.Sketch.Boxes[edge.To]);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"edge\" id=\"edge-{Markup.Identifier(from.Label)}-{Markup.Identifier(edge.Name)}\" data-from=\"{Markup.EscapeLine(from.Label)}\" data-to=\"{Markup.EscapeLine(to.Label)}\"><title>{Markup.EscapeLine(edge.Name)}: {Markup.EscapeLine(edge.Meaning)}</title>");
    }

    private static void EdgeEnds(StringBuilder svg, Edge edge, Route route)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"way\" d=\"{Path(route.Corners)}\"/>");
        var (start, end) = (route.Corners[0], route.Corners[^1]);
        var (away, back) = (Math.Sign(route.Corners[1].X - start.X), Math.Sign(route.Corners[^2].X - end.X));

        // Many or one on this side, and perhaps none: nobody needs to reference.
        svg.Append(edge.IsUnique
            ? Invariant($"<path d=\"M{start.X + (6 * away)} {start.Y - 5}v10\"/>")
            : Invariant($"<path d=\"M{start.X} {start.Y - 6}l{10 * away} 6l{-10 * away} 6\"/>"));
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{start.X + ((edge.IsUnique ? 11 : 13) * away)}\" cy=\"{start.Y}\" r=\"3\"/>");

        // Exactly one on the other, or none where the column takes NULL.
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{end.X + (6 * back)} {end.Y - 4}v8\"/>");
        svg.Append(edge.IsOptional
            ? Invariant($"<circle cx=\"{end.X + (12 * back)}\" cy=\"{end.Y}\" r=\"3\"/>")
            : Invariant($"<path d=\"M{end.X + (10 * back)} {end.Y - 4}v8\"/>"));
        svg.Append("</g>\n");
    }

    /// <summary>The corners, rounded as far as the lines between them allow.</summary>
    private static string Path(EquatableArray<Point> corners)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M{corners[0].X} {corners[0].Y}");
        for (var i = 1; i + 1 < corners.Count; i++)
        {
            var (before, at, after) = (corners[i - 1], corners[i], corners[i + 1]);
            var radius = Math.Min(Radius, Math.Min(Distance(before, at), Distance(at, after)) / 2);
            path.Append(CultureInfo.InvariantCulture, $"L{at.X - (radius * Math.Sign(at.X - before.X))} {at.Y - (radius * Math.Sign(at.Y - before.Y))}");
            path.Append(CultureInfo.InvariantCulture, $"Q{at.X} {at.Y} {at.X + (radius * Math.Sign(after.X - at.X))} {at.Y + (radius * Math.Sign(after.Y - at.Y))}");
        }

        return path.Append(CultureInfo.InvariantCulture, $"L{corners[^1].X} {corners[^1].Y}").ToString();
    }

    private static int Distance(Point a, Point b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y);

    private static void Box(StringBuilder svg, Box box, Point at, string? link)
    {
        var kind = DiagramStyle.Word(box.Kind);
        var name = Markup.EscapeLine(box.Label);
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"box {kind}{(box.IsFocus ? " focus" : "")}\" id=\"{kind}-{Markup.Identifier(box.Label)}\" data-{kind}=\"{name}\" transform=\"translate({at.X} {at.Y})\">");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{name}{(box.Comment is null ? "" : "\n" + Markup.Escape(box.Comment))}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"body\" width=\"{box.Width}\" height=\"{box.Height}\" rx=\"5\"/>");
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"head\" d=\"{Head(box)}\"/>");
        var title = $"<text class=\"title\" x=\"10\" y=\"19\">{Markup.EscapeLine(box.Name.Name)}</text>";
        svg.Append(link is null ? title : $"<a href=\"{Markup.EscapeLine(link)}\">{title}</a>");
        if (box.Kind is not BoxKind.Table)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"kind\" x=\"{box.Width - 10}\" y=\"18\" text-anchor=\"end\">{kind}</text>");
        }

        var names = 10 + box.Rows.Select(r => SketchBuilder.MarksWidth(r.Marks)).DefaultIfEmpty().Max();
        foreach (var (i, row) in box.Rows.Index())
        {
            Row(svg, box, row, box.MiddleOf(i), names, isFirst: i == 0);
        }

        svg.Append("</g>\n");
    }

    private static string Head(Box box) => box.Rows.Count == 0
        ? Invariant($"M.5 5a4.5 4.5 0 0 1 4.5 -4.5h{box.Width - 10}a4.5 4.5 0 0 1 4.5 4.5v{box.Height - 10}a4.5 4.5 0 0 1 -4.5 4.5h{10 - box.Width}a4.5 4.5 0 0 1 -4.5 -4.5z")
        : Invariant($"M.5 5a4.5 4.5 0 0 1 4.5 -4.5h{box.Width - 10}a4.5 4.5 0 0 1 4.5 4.5v{Diagram.Box.TitleHeight - 5}h{1 - box.Width}z");

    private static void Row(StringBuilder svg, Box box, Row row, int middle, int names, bool isFirst)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<g data-column=\"{Markup.EscapeLine(row.Name)}\">");
        if (row.Comment is not null)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<title>{Markup.EscapeLine(row.Name)}\n{Markup.Escape(row.Comment)}</title>");
        }

        if (!isFirst)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path class=\"rule\" d=\"M1 {middle - (Diagram.Box.RowHeight / 2)}h{box.Width - 2}\"/>");
        }

        if (row.Marks.Length > 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"marks\" x=\"10\" y=\"{middle + 3}\">{row.Marks}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{names}\" y=\"{middle + 4}\">{Markup.EscapeLine(row.Name)}</text>");
        if (row.Type.Length > 0)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"type\" x=\"{box.Width - 10}\" y=\"{middle + 4}\" text-anchor=\"end\">{Markup.EscapeLine(row.Type)}</text>");
        }

        svg.Append("</g>");
    }
}
