using System.Text;
using Sluice.Catalog;
using Sluice.Diagram;

namespace Sluice.Documentation;

internal static class EnumsPage
{
    public static Page Write(Site site, PageNames names)
    {
        var body = new StringBuilder();
        foreach (var type in site.Database.Enums.OrderBy(e => names.Label(e.Name), StringComparer.Ordinal))
        {
            var used = site.Database.Tables.SelectMany(t => t.Columns.Where(c => c.Type is ColumnType.Enum { Name: var n } && n == type.Name).Select(c => (Table: t.Name, Column: c.Name))).ToList();
            body.Append($"<section aria-labelledby=\"{PageNames.EnumId(type.Name)}\"><h2 id=\"{PageNames.EnumId(type.Name)}\">{Markup.EscapeLine(names.Label(type.Name))}</h2>\n{Html.Paragraphs(site.Comments.On(type.Name))}<ol>\n");
            foreach (var value in type.Values)
            {
                var comment = site.Comments.On(type.Name, value);
                body.Append($"<li>{Html.Code(value)}{(comment is null ? "" : " " + Html.Remark(comment))}</li>\n");
            }

            body.Append("</ol>\n");
            if (used.Count > 0)
            {
                body.Append("<p>Used by ").AppendJoin(", ", used.Select(u => Html.Link($"{PageNames.Table(u.Table)}#{PageNames.ColumnId(u.Column)}", $"{names.Label(u.Table)}.{u.Column}"))).Append(".</p>\n");
            }

            body.Append("</section>\n");
        }

        return Html.Page(site, names, "enums.html", "Enums", body.ToString());
    }
}
