using System.Text;

namespace Sluice.Catalog;

/// <summary>Names as PostgreSQL keeps them: it cuts longer ones to 63 bytes without a word.</summary>
public static class StoredNames
{
    private const int Longest = 63;

    /// <summary>The same catalog with every name cut; the very same value where none is too long.</summary>
    public static Database Of(Database database)
    {
        if (database.Origin is not CatalogOrigin.Schema || !AllNames(database).Any(IsTooLong))
        {
            return database;
        }

        return database with
        {
            Enums = [.. database.Enums.Items.Select(e => e with { Name = Of(e.Name) })],
            Tables = [.. database.Tables.Items.Select(Of)],
            Views = [.. database.Views.Items.Select(v => v with { Name = Of(v.Name), Columns = [.. v.Columns.Items.Select(Of)] })],
            Renames = [.. database.Renames.Items.Select(Of)],
        };
    }

    /// <summary>Where one of two is a server's, it has kept only the beginning of names that were too long for it.</summary>
    public static (Database From, Database To) OfBoth(Database from, Database to) =>
        from.Origin is CatalogOrigin.Server || to.Origin is CatalogOrigin.Server ? (Of(from), Of(to)) : (from, to);

    public static string Of(string name) => IsTooLong(name) ? Cut(name, Longest) : name;

    /// <summary>The beginning of a name that fits into so many bytes, never ending inside a character.</summary>
    public static string Cut(string name, int bytes)
    {
        var end = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return name[..end];
    }

    private static bool IsTooLong(string name) => name.Length * 3 > Longest && Encoding.UTF8.GetByteCount(name) > Longest;

    private static IEnumerable<string> AllNames(Database database) =>
    [
        .. database.Enums.Items.Select(e => e.Name.Name),
        .. database.Tables.Items.SelectMany(t => t.Columns.Items.Select(c => c.Name).Prepend(t.Name.Name)),
        .. database.Views.Items.SelectMany(v => v.Columns.Items.Select(c => c.Name).Prepend(v.Name.Name)),
        .. database.Renames.Items.SelectMany(AllNames),
    ];

    private static string[] AllNames(Rename rename) => rename switch
    {
        Rename.Table r => [r.From.Name],
        Rename.Enum r => [r.From.Name],
        Rename.Column r => [r.From],
        _ => [],
    };

    private static Rename Of(Rename rename) => rename switch
    {
        Rename.Table r => new Rename.Table(Of(r.From), Of(r.To)),
        Rename.Enum r => new Rename.Enum(Of(r.From), Of(r.To)),
        Rename.Column r => new Rename.Column(Of(r.Of), Of(r.From), Of(r.To)),
        Rename.EnumValue r => r with { Of = Of(r.Of) },
        _ => rename,
    };

    private static ObjectName Of(ObjectName name) => name with { Name = Of(name.Name) };

    private static Table Of(Table table) => table with
    {
        Name = Of(table.Name),
        Columns = [.. table.Columns.Items.Select(Of)],
        PrimaryKey = table.PrimaryKey is { } key ? new PrimaryKey(Of(key.Name), [.. key.Columns.Items.Select(Of)]) : null,
        Indexes = [.. table.Indexes.Items.Select(i => i with { Name = Of(i.Name), Columns = [.. i.Columns.Items.Select(Of)] })],
        ForeignKeys =
        [
            .. table.ForeignKeys.Items.Select(k => k with
            {
                Name = Of(k.Name),
                Columns = [.. k.Columns.Items.Select(Of)],
                ReferencedTable = Of(k.ReferencedTable),
                ReferencedColumns = [.. k.ReferencedColumns.Items.Select(Of)],
            }),
        ],
    };

    private static IndexColumn Of(IndexColumn column) => column with { Name = Of(column.Name) };

    private static Column Of(Column column) => column with
    {
        Name = Of(column.Name),
        Type = column.Type is ColumnType.Enum { Name: var type } ? new ColumnType.Enum(Of(type)) : column.Type,
    };
}
