using System.Text.RegularExpressions;

namespace Sluice.Postgres.Connecting;

/// <summary>Takes secrets out of texts that are shown or stored: scripts and server messages may quote them.</summary>
public static partial class Redaction
{
    // A password of a letter or two would blot out half the message and hide nothing.
    private const int Shortest = 4;

    public static string Clean(string text)
    {
        var clean = UrlPassword().Replace(text, "$1***@");
        clean = Option().Replace(clean, "$1***");
        clean = Clause().Replace(clean, "$1'***'");
        clean = RoleClause().Replace(clean, "$1***");
        clean = KeyDetail().Replace(clean, "$1***$2");
        return BareWord().Replace(clean, "$1***");
    }

    /// <summary>One line of a statement, which the server may have cut within a password: without its secrets first, then cut.</summary>
    internal static string Statement(string statement, int most, DatabaseAddress? address = null)
    {
        var line = CutUrlPassword().Replace(statement.ReplaceLineEndings(" "), "$1***");
        var clean = address is null ? Clean(line) : Clean(line, address);
        return clean.Length <= most ? clean : clean[..most] + " …";
    }

    /// <summary>The same, and the address's own password wherever it stands.</summary>
    public static string Clean(string text, DatabaseAddress address) => Clean(text, address, "");

    /// <summary>The same, and every password that a script gives: the server's message may quote one with nothing around it.</summary>
    public static string Clean(string text, DatabaseAddress address, string script)
    {
        var secrets = SecretsOf(script).Append(address.Password).Append(address.Tls.ClientKeyPassword).OfType<string>();
        foreach (var secret in secrets.Where(s => s.Length >= Shortest).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length))
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return Clean(text);
    }

    private static IEnumerable<string> SecretsOf(string script) => script.Contains("password", StringComparison.OrdinalIgnoreCase)
        ? Clause().Matches(script).Concat(RoleClause().Matches(script)).Concat(Option().Matches(script))
            .Select(m => Bare(m.Value[m.Groups[1].Length..]))
        : [];

    // What stands between the quotes, of whatever kind.
    private static string Bare(string literal)
    {
        var open = literal.IndexOfAny(['\'', '"', '$']);
        if (open < 0)
        {
            return literal;
        }

        var tag = literal[open] is '$' ? literal.IndexOf('$', open + 1) - open + 1 : 0;
        return tag > 1 && literal.Length >= open + (2 * tag) ? literal[(open + tag)..^tag] : literal[open..].Trim(literal[open]);
    }

    // Up to the last at sign before the path: a password that was not percent-encoded may hold one. A scheme begins where
    // a word begins; tried at each of its letters, a script of one long word would take for ever.
    [GeneratedRegex("""((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s:/@'"]*:)[^\s/'"]+@""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UrlPassword();

    // One that the end of the text has cut.
    [GeneratedRegex("""((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s:/@'"]*:)[^\s'"@]+\z""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CutUrlPassword();

    // `password=…`, `DB_PASSWORD: …`, `"password": "…"`, `Pwd=…;`: the value in quotes, in quotes within quotes, in a call, or bare.
    [GeneratedRegex(
        """((?:(?<=[a-z0-9]_)|(?<![a-z0-9_]))(?:ssl|pg)?(?:password|passwd|passphrase|pwd)["']?\s*(?::?=>?|:(?!:))\s*)(?:''[^'\s;]+(?:'')?|E'[^'\\]*(?:(?:\\.|'')[^'\\]*)*(?:'|$)|(?:U&)?'[^']*(?:''[^']*)*(?:'|$)|"[^"]*(?:"|$)|[a-z_.]{1,60}\(\s*'[^']*(?:''[^']*)*(?:'|$)|[^\s;'"&]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Option();

    // Without quotes it is a mistake, and the server repeats it.
    [GeneratedRegex(
        """(\b(?:create|alter)\s+(?:role|user|group)\b[^;]{0,100}?\bpassword\s+)(?!null\b|['$*]|e'|u&')[^\s;'"]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RoleClause();

    // DETAIL: Key (password)=(…) already exists.
    [GeneratedRegex("""(\([^()]{0,200}(?:password|passwd)[^()]{0,200}\)=\()[^)]*(\))""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex KeyDetail();

    // A word with digits or signs in it behind `password`, but no type: prose goes on in plain words.
    [GeneratedRegex(
        """(\bpassword\s+)(?!(?:int|float|serial)[248]\b|\$\d)(?=[^\s;'"(),]*[0-9!@#%^&+~])[^\s;'"(),]+(?![\w(])""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BareWord();

    // CREATE ROLE … PASSWORD '…', CREATE USER MAPPING … OPTIONS (password '…'), SET x.password TO '…'; in every form of string.
    [GeneratedRegex(
        """\b(password(?:\s|/\*[^*]*\*/)+(?:to\s+)?)(?:E'[^'\\]*(?:(?:\\.|'')[^'\\]*)*('|$)|(?:U&)?'[^']*(?:''[^']*)*('|$)|\$(?<tag>\w*)\$.*?(\$\k<tag>\$|$))""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Clause();
}
