using System.Text.RegularExpressions;

namespace Sluice.Postgres.Connecting;

/// <summary>Takes secrets out of texts that are shown or stored: scripts and server messages may quote them.</summary>
public static partial class Redaction
{
    public static string Clean(string text)
    {
        var withoutUrls = UrlPassword().Replace(text, "$1***@");
        var withoutOptions = ConnectionOption().Replace(withoutUrls, "$1***");
        return PasswordClause().Replace(withoutOptions, "$1'***'");
    }

    /// <summary>The same, and the address's own password wherever it stands.</summary>
    public static string Clean(string text, DatabaseAddress address)
    {
        // A password of a letter or two would blot out half the message and hide nothing.
        var bare = address.Password is { Length: >= 4 } password ? text.Replace(password, "***", StringComparison.Ordinal) : text;
        return Clean(bare);
    }

    // Up to the last at sign before the path: a password that was not percent-encoded may hold one. A scheme begins where
    // a word begins; tried at each of its letters, a script of one long word would take for ever.
    [GeneratedRegex("""((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s:/@'"]*:)[^\s/'"]+@""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UrlPassword();

    [GeneratedRegex("""\b((?:ssl)?password\s*:?=>?\s*)'*[^\s;'"&]+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionOption();

    // CREATE ROLE … PASSWORD '…', CREATE USER MAPPING … OPTIONS (password '…'), SET x.password TO '…'; in every form of string.
    [GeneratedRegex(
        """\b(password(?:\s|/\*[^*]*\*/)+(?:to\s+)?)(?:E'[^'\\]*(?:(?:\\.|'')[^'\\]*)*('|$)|(?:U&)?'[^']*(?:''[^']*)*('|$)|\$(?<tag>\w*)\$.*?(\$\k<tag>\$|$))""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex PasswordClause();
}
