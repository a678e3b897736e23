using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Identities;

/// <summary>A sign-in that is at its provider, as the browser that began it keeps it, sealed.</summary>
/// <param name="AppState">The application's own, given back as it was.</param>
/// <param name="UserId">Whose account the provider is to be linked to; null for a sign-in.</param>
internal sealed record SignInAttempt(
    string Provider, string State, string Nonce, string Verifier, string RedirectUri, string? CodeChallenge, string? AppState, DateTimeOffset Expires, string? UserId, string? SessionId);

/// <summary>The cookie of an attempt. A browser has one: who begins again, begins anew.</summary>
internal sealed class AttemptCookie(IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    public const string Name = "__Host-sluice-oauth";
    private const string Purpose = "attempt";
    private const int Longest = 4096;

    private readonly byte[] key = Sealed.Key(options.Value, "sluice provider sign-in");

    public void Keep(HttpResponse response, SignInAttempt attempt) => response.Cookies.Append(
        Name, Base64Url.EncodeToString(Sealed.Seal(key, Purpose, JsonSerializer.SerializeToUtf8Bytes(attempt, IdentityJson.Default.SignInAttempt))), Shape(options.Value.Identities.StartLifetime));

    /// <returns>Null for none of ours, or one that is too old.</returns>
    public SignInAttempt? Read(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 and <= Longest } text)
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) is not OperationStatus.Done || Opened(bytes.AsSpan(0, written)) is not { } json)
        {
            return null;
        }

        return JsonSerializer.Deserialize(json, IdentityJson.Default.SignInAttempt) is { } attempt && attempt.Expires > clock.GetUtcNow() ? attempt : null;
    }

    public static void Drop(HttpResponse response) => response.Cookies.Append(Name, "", Shape(TimeSpan.Zero));

    // Anybody may send a cookie: one that does not open is none.
    private byte[]? Opened(ReadOnlySpan<byte> text)
    {
        try
        {
            return text.Length > 28 ? Sealed.Open(key, Purpose, text) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static CookieOptions Shape(TimeSpan age) => new() { Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = age };
}
