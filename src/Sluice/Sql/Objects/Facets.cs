using System.Diagnostics;
using Sluice.Catalog;

namespace Sluice.Sql.Objects;

/// <summary>Facets of tables and columns as clauses of ALTER TABLE.</summary>
internal static class Facets
{
    public static string Set(ObjectId id, string text) => id.Kind switch
    {
        ObjectKind.DomainColumn => $"{Column(id)} TYPE {First(text)}",
        ObjectKind.ColumnCollation => $"{Column(id)} TYPE {Second(text)} COLLATE {First(text)}",
        ObjectKind.ColumnStorage => $"{Column(id)} SET STORAGE {First(text)}",
        ObjectKind.ColumnCompression => $"{Column(id)} SET COMPRESSION {text}",
        ObjectKind.ColumnStatistics => $"{Column(id)} SET STATISTICS {text}",
        ObjectKind.ColumnOptions => $"{Column(id)} SET ({ObjectSql.Commas(text)})",
        ObjectKind.Identity => $"{Column(id)} ADD {Generated(text)}",
        ObjectKind.Inheritance => $"INHERIT {id.Part}",
        ObjectKind.Unlogged => "SET UNLOGGED",
        ObjectKind.TableOptions => $"SET ({ObjectSql.Commas(text)})",
        ObjectKind.Clustering => $"CLUSTER ON {text}",
        ObjectKind.ReplicaIdentity => $"REPLICA IDENTITY {text}",
        ObjectKind.RowSecurity => "ENABLE ROW LEVEL SECURITY",
        ObjectKind.ForcedRowSecurity => "FORCE ROW LEVEL SECURITY",
        ObjectKind.TriggerState => $"{text} TRIGGER {SqlNames.Quote(id.Part)}",
        ObjectKind.RuleState => $"{text} RULE {SqlNames.Quote(id.Part)}",
        _ => throw new UnreachableException(id.Kind.ToString()),
    };

    public static string Unset(ObjectId id, string text) => id.Kind switch
    {
        ObjectKind.GeneratedColumn => $"{Column(id)} DROP EXPRESSION",
        ObjectKind.DomainColumn or ObjectKind.ColumnCollation => $"{Column(id)} TYPE {Second(text)}",
        ObjectKind.ColumnStorage => $"{Column(id)} SET STORAGE {Second(text)}",
        ObjectKind.ColumnCompression => $"{Column(id)} SET COMPRESSION DEFAULT",
        ObjectKind.ColumnStatistics => $"{Column(id)} SET STATISTICS -1",
        ObjectKind.ColumnOptions => $"{Column(id)} RESET ({ObjectSql.Keys(text)})",
        ObjectKind.Identity => $"{Column(id)} DROP IDENTITY",
        ObjectKind.Inheritance => $"NO INHERIT {id.Part}",
        ObjectKind.Unlogged => "SET LOGGED",
        ObjectKind.TableOptions => $"RESET ({ObjectSql.Keys(text)})",
        ObjectKind.Clustering => "SET WITHOUT CLUSTER",
        ObjectKind.ReplicaIdentity => "REPLICA IDENTITY DEFAULT",
        ObjectKind.RowSecurity => "DISABLE ROW LEVEL SECURITY",
        ObjectKind.ForcedRowSecurity => "NO FORCE ROW LEVEL SECURITY",
        ObjectKind.TriggerState => $"ENABLE TRIGGER {SqlNames.Quote(id.Part)}",
        ObjectKind.RuleState => $"ENABLE RULE {SqlNames.Quote(id.Part)}",
        _ => throw new UnreachableException(id.Kind.ToString()),
    };

    /// <summary>As a column's definition has it: the options of an identity column's sequence stand in parentheses.</summary>
    internal static string Generated(string text) => First(text) + (Rest(text) is { Length: > 0 } options ? $" ({options})" : "");

    internal static string Column(ObjectId id) => $"ALTER COLUMN {SqlNames.Quote(id.Part)}";

    internal static string First(string lines) => lines.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? lines[..end] : lines;

    internal static string Second(string lines) => lines[(lines.IndexOf('\n', StringComparison.Ordinal) + 1)..];

    private static string Rest(string lines) => lines.Contains('\n', StringComparison.Ordinal) ? Second(lines).Replace('\n', ' ') : "";
}
