namespace Sluice.Auth.Settings;

/// <summary>For applications in a browser: the refresh token in a cookie that scripts cannot read, instead of in the answer.</summary>
public sealed class RefreshCookieOptions
{
    /// <summary>`__Host-sluice-refresh`; a client that is no browser says `?useCookies=false` and gets the token in the answer.</summary>
    public bool Enabled { get; set; }

    /// <summary>Whether the cookie is `SameSite=Strict`; otherwise it is `Lax`.</summary>
    public bool Strict { get; set; } = true;

    /// <summary>Other origins that may use the cookie, exactly as browsers write them: `https://app.example.com`. They are answered with CORS headers, too.</summary>
    public IList<string> Origins { get; } = [];
}

/// <summary>What is wrong with them.</summary>
internal static class RefreshCookieCheck
{
    public static IEnumerable<string> Problems(RefreshCookieOptions o)
    {
        foreach (var origin in o.Origins.Where(origin => !IsOrigin(origin)))
        {
            yield return $"Cookies.Origins has `{origin}`. Write the scheme, the host and a port that is not the usual one, no more: https://app.example.com. There is no wildcard; http is for localhost.";
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == text && uri.UserInfo.Length == 0 && !text.Contains('*', StringComparison.Ordinal)
        && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));
}
