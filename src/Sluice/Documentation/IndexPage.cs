using System.Globalization;
using System.Text;

namespace Sluice.Documentation;

internal static class IndexPage
{
    public static Page Write(Site site, PageNames names)
    {
        var database = site.Database;
        var body = new StringBuilder();
        var relations = database.Tables.Sum(t => t.ForeignKeys.Count);
        body.Append(CultureInfo.InvariantCulture, $"<p>{Count(database.Tables.Count, "table")}, {Count(relations, "relation")}, {Count(database.Views.Count, "view")}, {Count(database.Enums.Count, "enum")}.</p>\n");
        foreach (var schema in database.Tables.GroupBy(t => t.Name.Schema).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            body.Append(Html.Table(
                names.SeveralSchemas ? $"Tables of {schema.Key}" : "Tables",
                ["Table", "Columns", "References", "Referenced by", "Comment"],
                schema.OrderBy(t => t.Name.Name, StringComparer.Ordinal).Select(t => ((string?)null, (IReadOnlyList<string>)
                [
                    Html.Link(PageNames.Table(t.Name), t.Name.Name),
                    Number(t.Columns.Count),
                    Number(t.ForeignKeys.Count),
                    Number(database.Tables.Sum(o => o.ForeignKeys.Count(k => k.ReferencedTable == t.Name))),
                    Html.Remark(site.Comments.On(t.Name)),
                ]))));
        }

        if (database.Views.Count > 0)
        {
            body.Append(Html.Table("Views", ["View", "Columns", "Comment"], database.Views.OrderBy(v => names.Label(v.Name), StringComparer.Ordinal).Select(v => ((string?)null, (IReadOnlyList<string>)
            [
                Html.Link(PageNames.View(v.Name), names.Label(v.Name)), Number(v.Columns.Count), Html.Remark(site.Comments.On(v.Name)),
            ]))));
        }

        return Html.Page(site, names, "index.html", site.Name, body.ToString());
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Count(int number, string word) => string.Create(CultureInfo.InvariantCulture, $"{number} {word}{(number == 1 ? "" : "s")}");
}
