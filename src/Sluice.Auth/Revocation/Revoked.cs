using System.Globalization;

namespace Sluice.Auth.Revocation;

/// <summary>What must no longer be accepted.</summary>
/// <param name="Hash">SHA-256 of a token, of `session:` and a session's id, or of `roles:`, a user's id and a version of the roles, in hexadecimal.</param>
/// <param name="Expires">When the last token that it means has expired.</param>
internal readonly record struct Revoked(string Hash, DateTimeOffset Expires)
{
    // No token lives longer: whoever tells us otherwise does not fill our memory for ever.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(25);

    /// <summary>As nodes tell each other.</summary>
    public string Told => string.Create(CultureInfo.InvariantCulture, $"{Hash} {(Expires.ToUnixTimeMilliseconds() + 999) / 1000}");

    /// <returns>Null for what is no such message.</returns>
    public static Revoked? Hear(string told, DateTimeOffset now) =>
        told.Split(' ') is [{ Length: 64 } hash, var expires] && hash.All(char.IsAsciiHexDigitLower) && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new Revoked(hash, DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, (now + Longest).ToUnixTimeSeconds())))
            : null;
}
