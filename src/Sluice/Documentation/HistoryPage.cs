using System.Text;
using Sluice.Diagram;

namespace Sluice.Documentation;

internal static class HistoryPage
{
    public static Page Write(Site site, PageNames names)
    {
        var body = new StringBuilder("<p>The migrations, the last one first.</p>\n");
        foreach (var migration in site.Migrations.Reverse())
        {
            body.Append($"<details><summary>{Markup.EscapeLine(migration.Path)}</summary>\n{Html.Block(migration.Text)}</details>\n");
        }

        return Html.Page(site, names, "history.html", "History", body.ToString());
    }
}
