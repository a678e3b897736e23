using Sluice.Catalog;
using Sluice.Plan;

namespace Sluice.Sql;

/// <summary>Names and literals in quotes.</summary>
internal sealed class SqlNames(Naming naming)
{
    public string Of(ObjectName name) => naming.Qualify ? Qualified(name) : Quote(name.Name);

    /// <summary>For what is dropped while a type is made again.</summary>
    public string OfDropped(ObjectName name) => naming.QualifyDropped ? Qualified(name) : Quote(name.Name);

    /// <summary><see cref="Naming.Exact"/>.</summary>
    public bool Exact => naming.Exact;

    /// <summary>A schema and a point where names are written with their schema, otherwise nothing.</summary>
    public string Prefix(string schema) => naming.Qualify ? Quote(schema) + "." : "";

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Quoted(IEnumerable<string> names, string separator = ", ") => string.Join(separator, names.Select(Quote));

    private static string Qualified(ObjectName name) => $"{Quote(name.Schema)}.{Quote(name.Name)}";
}
