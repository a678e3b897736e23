using System.Text.RegularExpressions;
using Sluice.Catalog;

namespace Sluice.Auth.Storage;

/// <summary>The unique indexes without which two of what must be one could be written at the same moment.</summary>
internal static partial class UniqueCheck
{
    private static readonly string[] Identifiers = ["email", "username"];

    public static IEnumerable<CatalogFinding> Find(Table table, Names names, IReadOnlyList<LiveUnique> live)
    {
        var key = table.Name.Name;
        var declared = table.Indexes.Where(i => i.IsUnique).Select(i => i.Columns.Select(c => c.Name))
            .Concat(table.PrimaryKey is { } primary && key != "audit_logs" ? [primary.Columns.Select(c => c.Name)] : []);
        foreach (var columns in declared.Select(d => d.ToList()))
        {
            var called = columns.Select(c => names.Bare($"{key}.{c}")).ToList();
            if (!live.Any(u => u.Where is null && Plain(u).Order(StringComparer.Ordinal).SequenceEqual(called.Order(StringComparer.Ordinal))))
            {
                yield return Missing(names, key, string.Join(", ", columns.Select(c => $"{{{key}.{c}}}")), "");
            }
        }

        foreach (var name in key == "users" ? Identifiers.Where(n => names.Has($"users.{n}")) : [])
        {
            var (called, living) = (names.Bare($"users.{name}"), $"({names.Sql("{users.deletedAt}")} IS NULL)");
            // Over all rows it does as well; then a deleted account's address stays taken.
            if (!live.Any(u => (u.Where is null || Loose(u.Where) == Loose(living)) && Plain(u) is [var only] && (only == called || only == $"lower({called})")))
            {
                yield return Missing(names, key, $"{{users.{name}}}", " WHERE {users.deletedAt} IS NULL");
            }
        }

        if (key == "auth_attempts")
        {
            var (email, ip) = (names.Bare("auth_attempts.email"), names.Bare("auth_attempts.ip"));
            if (!live.Any(u => u.Where is null && Plain(u) is [var first, var second] && first == email
                && ((u.NullsAreEqual && second == ip) || NullAsText().Match(second).Groups["column"].Value == ip)))
            {
                // To a plain one every null is another, and a hundred guesses at once could make a hundred rows.
                yield return Missing(names, key, "{auth_attempts.email}, COALESCE({auth_attempts.ip}, '')", "");
            }
        }
    }

    private static CatalogFinding Missing(Names names, string table, string keys, string where) => new(
        $"\"{names.Bare(table)}\" has no unique index over {names.Sql(keys + where)}",
        names.Sql($"CREATE UNIQUE INDEX ON {{{table}}} ({keys}){where};"));

    private static List<string> Plain(LiveUnique unique) => [.. unique.Keys.Select(k => k is ['"', .., '"'] ? k[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : k)];

    private static string Loose(string expression) => expression.Replace("\"", "", StringComparison.Ordinal);

    [GeneratedRegex("""^COALESCE\("?(?<column>[^,"]+)"?, ''(::(text|character varying))?\)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex NullAsText();
}
