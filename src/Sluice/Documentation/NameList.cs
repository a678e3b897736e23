using System.Text;
using System.Text.Json;
using Sluice.Catalog;

namespace Sluice.Documentation;

/// <summary>What the search looks through: a script, because a page in a folder may not read a file beside it.</summary>
internal static class NameList
{
    public static string Write(Site site, PageNames names)
    {
        var list = new StringBuilder($"// {SiteWriter.Mark}\nconst sluiceNames = [\n");
        foreach (var table in site.Database.Tables)
        {
            Add(names.Label(table.Name), "table", PageNames.Table(table.Name));
            AddColumns(table.Name, table.Columns, PageNames.Table(table.Name));
        }

        foreach (var view in site.Database.Views)
        {
            Add(names.Label(view.Name), "view", PageNames.View(view.Name));
            AddColumns(view.Name, view.Columns, PageNames.View(view.Name));
        }

        foreach (var type in site.Database.Enums)
        {
            Add(names.Label(type.Name), "enum", $"enums.html#{PageNames.EnumId(type.Name)}");
        }

        return list.Append("];\n").ToString();

        void AddColumns(ObjectName of, IEnumerable<Column> columns, string address)
        {
            foreach (var column in columns)
            {
                Add($"{names.Label(of)}.{column.Name}", "column", $"{address}#{PageNames.ColumnId(column.Name)}");
            }
        }

        void Add(string name, string kind, string address) =>
            list.Append($"[\"{JsonEncodedText.Encode(name)}\",\"{kind}\",\"{address}\"],\n");
    }
}
