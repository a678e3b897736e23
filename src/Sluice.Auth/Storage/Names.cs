using System.Text;
using System.Text.RegularExpressions;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>
/// What Sluice's tables and columns are called in this database. Stores get their SQL once, at start, of what they write:
/// <list type="bullet">
/// <item>`{users}`, `{users.email}`, `u.{users.email}`: a table, a column; where an optional column is absent, what stands in for it.</item>
/// <item>`{users.email&lt;$1}`: a value for a column, or to compare it with, whatever type the column has here.</item>
/// <item>`{sessions.ipAddress&gt;}`: a column read as the type that ours has.</item>
/// <item>`{users.name?, {users.name}?}`: text that is there when the column is.</item>
/// <item>`{id}`: the type of ids.</item>
/// </list>
/// </summary>
internal sealed partial class Names
{
    private readonly Dictionary<string, string> spelled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> bare = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> standIns = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> types;
    private readonly HashSet<string> existing;

    private Names(TableOptions options)
    {
        Schema = options.Schema;
        ExistingSchema = options.ExistingSchema ?? options.Schema;
        existing = options.Existing.ToHashSet(StringComparer.Ordinal);
        Ids = options.Ids;
        types = options.Types.ToDictionary(StringComparer.Ordinal);
        spelled["id"] = options.Ids is IdKind.Uuid ? "uuid" : "text";
    }

    public string Schema { get; }

    /// <summary>Where the application's own tables are.</summary>
    public string ExistingSchema { get; }

    public IdKind Ids { get; }

    /// <exception cref="AuthSetupException">An option speaks of what is not there.</exception>
    public static Names Resolve(TableOptions options)
    {
        var names = new Names(options);
        foreach (var table in Declared.Tables)
        {
            var name = table.Name.Name;
            var called = options.Names.TryGetValue(name, out var other) ? other : options.Existing.Contains(name) ? name : options.Prefix + name;
            names.bare[name] = called;
            names.spelled[name] = $"{Quote(names.SchemaOf(name))}.{Quote(called)}";
            foreach (var column in table.Columns)
            {
                var key = $"{name}.{column.Name}";
                names.bare[key] = options.Names.TryGetValue(key, out other) ? other : Spell(column.Name, options.Columns);
                names.spelled[key] = Quote(names.bare[key]);
                if (options.Absent.Contains(key))
                {
                    names.standIns[key] = Declared.ValueOf(column);
                }
            }
        }

        return TableOptionsCheck.Problems(options, [.. names.spelled.Keys.Where(k => k != "id")]).ToList() is { Count: > 0 } problems
            ? throw new AuthSetupException(string.Join('\n', problems))
            : names;
    }

    /// <summary>Whether the database has an optional column.</summary>
    public bool Has(string key) => !standIns.ContainsKey(key);

    public string Sql(string template) => Placeholder().Replace(WhereThere().Replace(template, m => Has(m.Groups["key"].Value) ? m.Groups["text"].Value : ""), Spell);

    /// <summary>The name without quotes, for looking it up in the catalog.</summary>
    public string Bare(string key) => bare[key];

    /// <summary>The schema that a table of ours is in, by its default name.</summary>
    public string SchemaOf(string table) => existing.Contains(table) ? ExistingSchema : Schema;

    /// <summary>The type that the options say a column has instead of ours.</summary>
    public string? TypeOf(string key) => types.GetValueOrDefault(key);

    /// <summary>As an identifier of SQL.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private string Spell(Match match)
    {
        var key = match.Groups["key"].Value;
        if (match.Groups["value"] is { Success: true, Value: var value })
        {
            return TypeOf(key) switch
            {
                null => value,
                "boolean" => $"({value} IS NOT NULL)",
                var type => $"{value}::{type}",
            };
        }

        var column = standIns.TryGetValue(key, out var standIn) ? standIn : match.Groups["alias"].Value + spelled[key];
        return (match.Groups["read"].Success && standIn is null ? TypeOf(key) : null) switch
        {
            "inet" => $"host({column})",
            "boolean" => $"NULLIF({column}, false)",
            "citext" => $"{column}::text",
            _ => column,
        };
    }

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

    [GeneratedRegex(@"(?<alias>\b[a-z]+\.)?\{(?<key>[a-zA-Z_.]+)(?:(?<read>>)|<(?<value>\$\d+))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{(?<key>[a-zA-Z_.]+)\?(?<text>.*?)\?\}", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex WhereThere();
}
