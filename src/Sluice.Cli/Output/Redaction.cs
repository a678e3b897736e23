using System.Text.RegularExpressions;

namespace Sluice.Cli.Output;

/// <summary>Takes passwords out of texts that are about to be shown.</summary>
internal static partial class Redaction
{
    public static string Apply(string text) =>
        KeyValue().Replace(UrlPassword().Replace(text, "$1***@"), "$1***");

    // Greedy up to the last `@` before the path: passwords that were not percent-encoded may contain one.
    [GeneratedRegex(@"(\b[a-z][a-z0-9+]*://[^\s:/@]*:)[^\s/]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UrlPassword();

    [GeneratedRegex("""(\b(?:password|pwd|sslpassword)\s*=\s*)("[^"]*"|'[^']*'|[^\s;&'"]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeyValue();
}
