using System.Text.RegularExpressions;

namespace Sluice.Diff.Renames;

/// <summary>An SQL expression as the server spells it once columns in it are renamed.</summary>
internal static partial class RenamedExpression
{
    public static string Of(string sql, Func<string, string> renamed) => Token().Replace(sql, match =>
    {
        var name = match.Groups["quoted"] is { Success: true, Value: var quoted } ? quoted.Replace("\"\"", "\"", StringComparison.Ordinal) : match.Groups["plain"].Value;
        return name.Length > 0 && renamed(name) is var next && next != name ? Quoted(next) : match.Value;
    });

    private static string Quoted(string name) => Plain().IsMatch(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // Texts are passed over, so that no word in one is taken for a name.
    [GeneratedRegex(@"'(?:[^']|'')*'|""(?<quoted>(?:[^""]|"""")+)""|\b(?<plain>[a-z_][a-z0-9_$]*)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    [GeneratedRegex(@"^[a-z_][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
