using System.Text.RegularExpressions;

namespace Sluice.Postgres.Migrations;

/// <summary>`002_add_user_preferences.up.sql`: version, description, direction.</summary>
internal sealed partial record VersionedName(string Version, string Description, bool IsUp)
{
    public const string Pattern = "{version}_{description}.up.sql or .down.sql, for example 001_initial_schema.up.sql";

    /// <summary>The migration's name: the file's without direction and ending.</summary>
    public string Migration => $"{Version}_{Description}";

    /// <summary>Null for a name of another form.</summary>
    public static VersionedName? Read(string fileName) =>
        Form().Match(fileName) is { Success: true } match
            ? new VersionedName(match.Groups["version"].Value, match.Groups["description"].Value, match.Groups["direction"].Value == "up")
            : null;

    /// <summary>The version of a migration's name: all before the first underscore.</summary>
    public static string VersionOf(string migration) =>
        migration.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? migration[..end] : migration;

    public static string DescriptionOf(string migration) =>
        migration.IndexOf('_', StringComparison.Ordinal) is > 0 and var end ? migration[(end + 1)..] : "";

    [GeneratedRegex(@"^(?<version>[A-Za-z0-9][A-Za-z0-9.-]*)_(?<description>[^/\\]+)\.(?<direction>up|down)\.sql\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
