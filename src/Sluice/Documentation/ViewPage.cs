using Sluice.Catalog;

namespace Sluice.Documentation;

internal static class ViewPage
{
    public static Page Write(Site site, PageNames names, View view)
    {
        var path = PageNames.View(view.Name);
        return Html.Page(
            site,
            names,
            path,
            names.Label(view.Name),
            "<p>A view.</p>\n" + Html.Paragraphs(site.Comments.On(view.Name))
            + ColumnCells.Write(site, names, path, view.Name, view.Columns, _ => "")
            + (view.Definition is null ? "" : "<h2>Definition</h2>\n" + Html.Block(view.Definition)));
    }
}
