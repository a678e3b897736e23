using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>What is wrong with the names, before the database is asked.</summary>
internal static class TableOptionsCheck
{
    private static readonly Dictionary<string, string[]> Types = new(StringComparer.Ordinal)
    {
        ["users.email"] = ["citext"], ["users.username"] = ["citext"], ["users.emailVerified"] = ["boolean"],
        ["sessions.ipAddress"] = ["inet"], ["audit_logs.ipAddress"] = ["inet"], ["auth_attempts.email"] = ["citext"],
    };

    public static IEnumerable<string> Problems(TableOptions options, IReadOnlyList<string> known)
    {
        var tables = Declared.Tables.Select(t => t.Name.Name).ToList();
        if (Listed(options.Names.Keys.Except(known, StringComparer.Ordinal)) is { } unknown)
        {
            yield return $"Tables.Names renames {unknown}, which Sluice.Auth has not. Name a table ({string.Join(", ", tables)}) or one of its columns, as in `users.passwordHash`.";
        }

        if (Listed(options.Absent.Except(Declared.Optional, StringComparer.Ordinal)) is { } needed)
        {
            yield return $"Tables.Absent names {needed}, which Sluice.Auth does not do without. It can do without {string.Join(", ", Declared.Optional)}.";
        }

        if (Listed(options.Existing.Except(tables, StringComparer.Ordinal)) is { } noTables)
        {
            yield return $"Tables.Existing names {noTables}, which are none of Sluice.Auth's tables: {string.Join(", ", tables)}.";
        }

        if (Listed(options.Types.Where(t => !Types.TryGetValue(t.Key, out var allowed) || !allowed.Contains(t.Value)).Select(t => $"{t.Key} → {t.Value}")) is { } types)
        {
            yield return $"Tables.Types has {types}. It can have {string.Join(", ", Types.SelectMany(t => t.Value, (t, type) => $"{t.Key} → {type}"))}.";
        }
    }

    /// <summary>The types that a column may have besides ours.</summary>
    public static IReadOnlyList<string> Others(string key) => Types.GetValueOrDefault(key) ?? [];

    private static string? Listed(IEnumerable<string> names) => names.ToList() is { Count: > 0 } some ? string.Join(", ", some.Select(n => $"`{n}`")) : null;
}
