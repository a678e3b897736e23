using Sluice.Catalog;
using Sluice.Diagram;

namespace Sluice.Documentation;

/// <summary>Where things are written, as addresses from the top folder.</summary>
internal sealed class PageNames(Database database)
{
    private readonly HashSet<ObjectName> tables = [.. database.Tables.Select(t => t.Name)];
    private readonly HashSet<ObjectName> enums = [.. database.Enums.Select(e => e.Name)];

    public bool SeveralSchemas { get; } = SketchBuilder.HasSeveralSchemas(database);

    public bool HasEnums => enums.Count > 0;

    public static bool HasObjects(Site site) => site.SqlFiles.Count > 0 || ObjectsPage.Listed(site).Any();

    public static bool HasHistory(Site site) => site.Migrations.Count > 0;

    public string Label(ObjectName name) => SketchBuilder.Label(name, SeveralSchemas);

    public static string Table(ObjectName name) => $"tables/{File(name)}.html";

    public static string View(ObjectName name) => $"views/{File(name)}.html";

    public string? TableOrNull(ObjectName name) => tables.Contains(name) ? Table(name) : null;

    public string? EnumOrNull(ColumnType type) => type is ColumnType.Enum { Name: var name } && enums.Contains(name) ? $"enums.html#{EnumId(name)}" : null;

    public static string EnumId(ObjectName name) => $"enum-{File(name)}";

    public static string ColumnId(string column) => $"column-{Markup.Identifier(column)}";

    // Names of files end at 255 bytes. A longer one has its beginning, and a sum over all of it.
    private static string File(ObjectName name)
    {
        var file = $"{Markup.Identifier(name.Schema)}.{Markup.Identifier(name.Name)}";
        return file.Length <= 120 ? file : $"{file[..100]}~{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file)))[..16]}";
    }
}
