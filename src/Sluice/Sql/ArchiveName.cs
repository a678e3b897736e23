using System.Security.Cryptography;
using System.Text;
using Sluice.Catalog;
using Sluice.Diff;

namespace Sluice.Sql;

/// <summary>The tables in which scripts keep what they would destroy, in a schema that is the toolkit's own.</summary>
public static class ArchiveName
{
    public const string Schema = OwnTables.ArchiveSchema;

    private const int Longest = 63;

    /// <summary>`20250102000000_up_User`: the migration's version, the direction that dropped the rows, the table.</summary>
    public static string Of(string migration, bool isUp, ObjectName table)
    {
        var name = $"{Prefix(migration, isUp)}{(table.Schema == "public" ? "" : table.Schema + ".")}{table.Name}";
        return Encoding.UTF8.GetByteCount(name) <= Longest ? name : Shortened(name);
    }

    /// <summary>A name that is too long for the server, cut so that two of the same beginning stay two.</summary>
    internal static string Shortened(string name) =>
        $"{StoredNames.Cut(name, Longest - 9)}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";

    /// <summary>What the names of all archives of a migration and a direction begin with.</summary>
    public static string Prefix(string migration, bool isUp)
    {
        var version = migration.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? migration[..end] : migration;
        return $"{version}_{(isUp ? "up" : "down")}_";
    }

    /// <summary>The same with its schema, quoted.</summary>
    internal static string Quoted(string migration, bool isUp, ObjectName table) => $"{SqlNames.Quote(Schema)}.{SqlNames.Quote(Of(migration, isUp, table))}";
}
