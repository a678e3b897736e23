using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Lockout;

/// <summary>
/// Says that the right password for an account once came from this browser. It opens nothing: its holder guesses under a
/// counter of his own, and is not held up by what others do to the account (OWASP, "Slow down online guessing with device cookies").
/// </summary>
internal sealed class DeviceCookie(SluiceAuthOptions options)
{
    public const string Name = "__Host-sluice-device";
    private const int LongestCookie = 200;

    private readonly byte[] key = Sealed.Key(options, "sluice device cookie");

    /// <summary>A cookie for the account that has just signed in.</summary>
    public string Issue(string account, DateTimeOffset now)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))}.{now.ToUnixTimeSeconds()}");
        return $"{said}.{Seal(account, said)}";
    }

    /// <summary>Gives the browser one, where it has none for this account.</summary>
    public void Keep(HttpResponse response, string account, string? cookie, DateTimeOffset now)
    {
        if (Read(account, cookie, now) is null)
        {
            response.Cookies.Append(Name, Issue(account, now), new CookieOptions { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = options.Lockout.KnownFor });
        }
    }

    /// <summary>The device, when the cookie is ours, was made for this account, and is not too old; otherwise null.</summary>
    public string? Read(string account, string? cookie, DateTimeOffset now)
    {
        if (cookie is null || cookie.Length > LongestCookie || cookie.Split('.') is not [var device, var seconds, var seal])
        {
            return null;
        }

        var isOurs = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(account, $"{device}.{seconds}")));
        return isOurs && long.TryParse(seconds, CultureInfo.InvariantCulture, out var issued) && now - DateTimeOffset.FromUnixTimeSeconds(issued) < options.Lockout.KnownFor
            ? device
            : null;
    }

    private string Seal(string account, string said) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{said}.{ClientKey.OfAccount(account)}")));
}
