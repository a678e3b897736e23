using System.Text;
using System.Text.RegularExpressions;
using Sluice.Catalog;
using Sluice.Diagram;

namespace Sluice.Documentation;

/// <summary>What belongs to no table: functions, sequences, domains, what they are made by.</summary>
internal static partial class ObjectsPage
{
    // Views have pages of their own; a comment stands at what it is about.
    private static readonly ObjectKind[] Unlisted =
        [ObjectKind.Schema, ObjectKind.Extension, ObjectKind.Enum, ObjectKind.View, ObjectKind.MaterializedView, ObjectKind.Comment, ObjectKind.Grant, ObjectKind.Revoke, ObjectKind.DefaultGrant, ObjectKind.DefaultRevoke];

    public static IEnumerable<SqlObject> Listed(Site site) => site.Database.Objects.Where(o => !o.Id.IsPartOfTable && !Unlisted.Contains(o.Id.Kind));

    public static Page Write(Site site, PageNames names)
    {
        var body = new StringBuilder();
        foreach (var kind in Listed(site).GroupBy(o => o.Id.Kind))
        {
            body.Append($"<h2>{Words(kind.Key)}</h2>\n");
            foreach (var item in kind)
            {
                var name = names.SeveralSchemas && item.Id.Schema.Length > 0 ? $"{item.Id.Schema}.{item.Id.Name}" : item.Id.Name;
                body.Append($"<h3>{Markup.EscapeLine(name)}{(item.Id.Part.Length == 0 ? "" : $" ({Markup.EscapeLine(item.Id.Part)})")}</h3>\n{Html.Block(item.Definition)}");
            }
        }

        foreach (var file in site.SqlFiles)
        {
            body.Append($"<h2>{Markup.EscapeLine(file.Path)}</h2>\n{Html.Block(file.Text)}");
        }

        return Html.Page(site, names, "objects.html", "Objects", body.ToString());
    }

    /// <summary>`RowSecurity` as a person says it.</summary>
    public static string Words(ObjectKind kind)
    {
        var words = Upper().Replace(kind.ToString(), m => " " + m.Value.ToLowerInvariant()).TrimStart();
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Upper();
}
