using Sluice.Diagram;

namespace Sluice.Documentation;

internal static class DiagramPage
{
    private const string Buttons = """
        <p class="tools" hidden><button type="button" data-zoom="1.25">Larger</button> <button type="button" data-zoom="0.8">Smaller</button> <button type="button" data-zoom="0">All of it</button> <span>Drag to move; a table's relations light up.</span></p>

        """;

    public static Page Write(Site site, PageNames names, Sketch sketch) =>
        Html.Page(site, names, "diagram.html", "Diagram", sketch.Boxes.Count == 0 ? "<p>There is nothing to draw.</p>" : Buttons.ReplaceLineEndings("\n") + Draw(sketch, "", "Tables and their relations"));

    /// <param name="top">The way to the top folder.</param>
    public static string Draw(Sketch sketch, string top, string label) => Html.Drawing(
        SvgWriter.Write(DiagramLayout.Arrange(sketch), new SvgSettings(label) { IsPart = true, Link = box => top + Address(box) }),
        label);

    private static string Address(Box box) => box.Kind switch
    {
        BoxKind.Table => PageNames.Table(box.Name),
        BoxKind.View => PageNames.View(box.Name),
        _ => $"enums.html#{PageNames.EnumId(box.Name)}",
    };
}
