using System.Text;
using System.Text.RegularExpressions;
using Sluice.Auth.Settings;
using Sluice.Catalog;
using Sluice.Text;

namespace Sluice.Auth.Storage;

/// <summary>What Sluice's tables and columns are called in this database. Stores write `{users}`, `{users.email}` and `{id}`, and
/// get their SQL once, at start.</summary>
internal sealed partial class Names
{
    private readonly Dictionary<string, string> spelled = new(StringComparer.Ordinal);

    private Names(TableOptions options)
    {
        Schema = options.Schema;
        Ids = options.Ids;
        spelled["id"] = options.Ids is IdKind.Uuid ? "uuid" : "text";
    }

    public string Schema { get; }

    public IdKind Ids { get; }

    /// <summary>The tables as `schema.prisma` declares them.</summary>
    public static IReadOnlyList<Table> Declared { get; } = [.. CatalogBuilder.Build(
        Migration.Read(new SourceText("schema.prisma", Embedded.Text("schema.prisma"))).Value).Tables];

    /// <exception cref="AuthSetupException">An option renames what is not there.</exception>
    public static Names Resolve(TableOptions options)
    {
        var names = new Names(options);
        foreach (var table in Declared)
        {
            var name = table.Name.Name;
            names.spelled[name] = $"{Quote(options.Schema)}.{Quote(options.Names.TryGetValue(name, out var other) ? other : name)}";
            foreach (var column in table.Columns)
            {
                var key = $"{name}.{column.Name}";
                names.spelled[key] = Quote(options.Names.TryGetValue(key, out other) ? other : Spell(column.Name, options.Columns));
            }
        }

        var unknown = options.Names.Keys.Where(k => k == "id" || !names.spelled.ContainsKey(k)).ToList();
        return unknown.Count == 0
            ? names
            : throw new AuthSetupException(
                $"Tables.Names renames {string.Join(", ", unknown.Select(u => $"`{u}`"))}, which Sluice.Auth has not. "
                + $"Name a table ({string.Join(", ", Declared.Select(t => t.Name.Name))}) or one of its columns, as in `users.passwordHash`.");
    }

    public string Sql(string template) => Placeholder().Replace(template, m => spelled[m.Groups[1].Value]);

    /// <summary>The name without quotes, for looking it up in the catalog.</summary>
    public string Bare(string key) => spelled[key][(key.Contains('.', StringComparison.Ordinal) ? 0 : Quote(Schema).Length + 1)..][1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);

    /// <summary>As an identifier of SQL.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Spell(string column, ColumnStyle style)
    {
        if (style is ColumnStyle.CamelCase)
        {
            return column;
        }

        var text = new StringBuilder();
        foreach (var letter in column)
        {
            _ = char.IsUpper(letter) ? text.Append('_').Append(char.ToLowerInvariant(letter)) : text.Append(letter);
        }

        return text.ToString();
    }

    [GeneratedRegex(@"\{([a-zA-Z_.]+)\}")]
    private static partial Regex Placeholder();
}
