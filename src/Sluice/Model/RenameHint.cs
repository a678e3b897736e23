using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Sluice.Model;

/// <summary>
/// `/// @renamedFrom("old")`: what a thing was called in the database before. A doc comment, so that other tools still read
/// the file.
/// </summary>
public static partial class RenameHint
{
    /// <summary>The line to write, without the slashes.</summary>
    public static string Write(string old) =>
        $"@renamedFrom(\"{old.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\")";

    /// <summary>The old names that a doc comment gives; null for a hint that cannot be read.</summary>
    public static ImmutableArray<string?> In(string? documentation) =>
        documentation is null || !documentation.Contains("@renamedFrom", StringComparison.Ordinal)
            ? []
            : [.. documentation.Split('\n').Where(l => Start().IsMatch(l)).Select(Old)];

    /// <summary>The one old name that a doc comment gives, null where it gives none.</summary>
    public static string? Of(string? documentation) => In(documentation) is [{ } old] ? old : null;

    private static string? Old(string line) =>
        Whole().Match(line) is { Success: true, Groups: var groups } && groups["old"] is { Length: > 0, Value: var old }
            ? Escape().Replace(old, "$1")
            : null;

    [GeneratedRegex(@"^\s*@renamedFrom\b", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"^\s*@renamedFrom\(\s*""(?<old>(?:[^""\\]|\\.)*)""\s*\)\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
