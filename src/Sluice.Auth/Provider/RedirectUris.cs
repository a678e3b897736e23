using System.Text.RegularExpressions;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Provider;

/// <summary>Where a client may be led: to what was registered, byte by byte (RFC 9700, 2.1). Nothing is parsed that two parsers could read in two ways.</summary>
internal static partial class RedirectUris
{
    public static bool Has(ClientOptions client, string asked) =>
        client.RedirectUris.Contains(asked) || (client.Native && Loopback().Match(asked) is { Success: true } port && client.RedirectUris.Contains(port.Result("${host}${rest}")));

    /// <summary>With members in its query.</summary>
    public static string With(string uri, IEnumerable<(string Name, string? Value)> members) => members.Where(m => m.Value is not null).Aggregate(
        uri, (text, m) => $"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{m.Name}={Uri.EscapeDataString(m.Value!)}");

    /// <summary>What a page's policy calls it: the origin, or the scheme of a client's own.</summary>
    public static string Source(string uri) => new Uri(uri) is { Scheme: "http" or "https" } web ? web.GetLeftPart(UriPartial.Authority) : $"{new Uri(uri).Scheme}:";

    // An application on a device takes whatever port is free (RFC 8252, 7.3); the name localhost may be somebody else's.
    [GeneratedRegex(@"\A(?<host>http://(127\.0\.0\.1|\[::1\])):[1-9][0-9]{0,4}(?<rest>/.*)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Loopback();
}
