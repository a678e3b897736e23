using System.Globalization;
using Sluice.Catalog;
using Sluice.Sql;

namespace Sluice.Online;

/// <summary>Names for what a script makes on its way: none that a database has before it or after it, wherever that lives.</summary>
internal sealed class FreeNames
{
    private readonly HashSet<string> taken;

    public FreeNames(Database before, Database after) => taken = [.. Names(before), .. Names(after)];

    public string Of(string name)
    {
        for (var i = 1; ; i++)
        {
            var candidate = Short(i == 1 ? name : name + i.ToString(CultureInfo.InvariantCulture));
            if (!taken.Contains(candidate))
            {
                return candidate;
            }
        }
    }

    private static string Short(string name) => StoredNames.Of(name) == name ? name : ArchiveName.Shortened(name);

    private static IEnumerable<string> Names(Database database) =>
    [
        .. database.Tables.Items.SelectMany(Names),
        .. database.Views.Items.Select(v => v.Name.Name),
        .. database.Sequences.Items.Select(s => s.Name.Name),
        .. database.Objects.Items.SelectMany(o => (string[])[o.Id.Name, o.Id.Part]),
    ];

    private static IEnumerable<string> Names(Table table) =>
    [
        table.Name.Name,
        table.PrimaryKey?.Name ?? "",
        .. table.Indexes.Items.Select(i => i.Name),
        .. table.ForeignKeys.Items.Select(k => k.Name),
        .. table.Traits.CheckConstraints.Items,
        .. table.Traits.ExclusionConstraints.Items,
        .. table.Traits.ExpressionIndexes.Items,
    ];
}
