using System.Text;
using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Model;

namespace Sluice.Documentation;

internal static class TablePage
{
    private static readonly ObjectKind[] Unlisted = [ObjectKind.Table, ObjectKind.Column, ObjectKind.Comment, ObjectKind.Grant, ObjectKind.Revoke];

    public static Page Write(Site site, PageNames names, Table table, Sketch sketch)
    {
        var path = PageNames.Table(table.Name);
        var body = new StringBuilder(Html.Paragraphs(site.Comments.On(table.Name)));
        body.Append(ColumnCells.Write(site, names, path, table.Name, table.Columns, c => SketchBuilder.MarksOf(table, c)));
        Keys(body, table);
        References(body, names, table);
        ReferencedBy(body, site, names, table);
        Objects(body, site, table);

        var own = sketch.Boxes.First(b => b.Kind is BoxKind.Table && b.Name == table.Name);
        body.Append($"<h2>Neighbourhood</h2>\n<p><a href=\"../diagram.html#table-{Markup.Identifier(own.Label)}\">In the whole diagram</a></p>\n");
        body.Append(DiagramPage.Draw(Focus.On(sketch, own, 1), "../", $"{names.Label(table.Name)} and the tables around it"));
        return Html.Page(site, names, path, names.Label(table.Name), body.ToString());
    }

    private static void Keys(StringBuilder body, Table table)
    {
        var rows = new List<(string?, IReadOnlyList<string>)>();
        if (table.PrimaryKey is { } key)
        {
            rows.Add((null, [Html.Code(key.Name), "primary key", Columns(key.Columns), ""]));
        }

        rows.AddRange(table.Indexes.Select(i => ((string?)null, (IReadOnlyList<string>)
        [
            Html.Code(i.Name),
            (i.IsUnique ? "unique " : "index ") + (i.Type is IndexType.BTree ? "" : i.Type.ToString().ToLowerInvariant()),
            Columns(i.Columns),
            Html.Code(i.Where ?? ""),
        ])));
        if (rows.Count > 0)
        {
            body.Append(Html.Table("Keys and indexes", ["Name", "Kind", "Columns", "Where"], rows));
        }
    }

    private static string Columns(IEnumerable<IndexColumn> columns) => Html.Code(string.Join(", ", columns.Select(c => c.Name + (c.OperatorClass is null ? "" : " " + c.OperatorClass) + (c.Descending ? " desc" : ""))));

    private static void References(StringBuilder body, PageNames names, Table table)
    {
        if (table.ForeignKeys.Count > 0)
        {
            body.Append(Html.Table("References", ["Columns", "To", "On delete", "On update", "Name"], table.ForeignKeys.Select(k => ((string?)null, (IReadOnlyList<string>)
            [
                Html.Code(string.Join(", ", k.Columns)),
                $"{Html.Link(names.TableOrNull(k.ReferencedTable) is { } to ? "../" + to : null, names.Label(k.ReferencedTable))} {Html.Code($"({string.Join(", ", k.ReferencedColumns)})")}",
                SketchBuilder.ActionWords(k.OnDelete),
                SketchBuilder.ActionWords(k.OnUpdate),
                Html.Code(k.Name),
            ]))));
        }
    }

    private static void ReferencedBy(StringBuilder body, Site site, PageNames names, Table table)
    {
        var keys = site.Database.Tables.SelectMany(t => t.ForeignKeys.Where(k => k.ReferencedTable == table.Name).Select(k => (Table: t, Key: k))).ToList();
        if (keys.Count > 0)
        {
            body.Append(Html.Table("Referenced by", ["Table", "Columns", "To", "How many", "On delete"], keys.Select(k => ((string?)null, (IReadOnlyList<string>)
            [
                Html.Link("../" + PageNames.Table(k.Table.Name), names.Label(k.Table.Name)),
                Html.Code(string.Join(", ", k.Key.Columns)),
                Html.Code(string.Join(", ", k.Key.ReferencedColumns)),
                SketchBuilder.IsUnique(k.Table, k.Key) ? "one at most" : "many",
                SketchBuilder.ActionWords(k.Key.OnDelete),
            ]))));
        }
    }

    private static void Objects(StringBuilder body, Site site, Table table)
    {
        var parts = site.Database.Objects.Where(o => o.Id.IsPartOfTable && !Unlisted.Contains(o.Id.Kind) && o.Id.Schema == table.Name.Schema && o.Id.Name == table.Name.Name).ToList();
        if (parts.Count > 0)
        {
            body.Append("<h2>Objects</h2>\n");
            foreach (var part in parts)
            {
                body.Append($"<h3>{ObjectsPage.Words(part.Id.Kind)} {Markup.EscapeLine(part.Id.Part)}</h3>\n{Html.Block(part.Definition)}");
            }
        }
    }
}
