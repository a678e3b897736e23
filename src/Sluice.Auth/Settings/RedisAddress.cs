using System.Globalization;

namespace Sluice.Auth.Settings;

/// <summary>Where Redis is and who we are there.</summary>
internal sealed record RedisAddress(string Host, int Port, string? User, string? Password, int Database, bool IsTls)
{
    private const int DefaultPort = 6379;

    /// <summary>For `rediss://`: a file of certificates that is trusted instead of the system's.</summary>
    public string RootCertificates { get; init; } = "";

    /// <returns>Null for what is no address.</returns>
    public static RedisAddress? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return null;
        }

        var path = uri.AbsolutePath.Trim('/');
        var database = 0;
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
        {
            return null;
        }

        var who = uri.UserInfo.Split(':', 2);
        return new RedisAddress(uri.IdnHost, uri.Port > 0 ? uri.Port : DefaultPort, Text(who[0]), who.Length > 1 ? Text(who[1]) : null, database, uri.Scheme == "rediss");
    }

    /// <summary>Without who we are.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static string? Text(string escaped) => escaped.Length == 0 ? null : Uri.UnescapeDataString(escaped);
}
