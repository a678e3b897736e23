using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sluice.Auth.Identities;

/// <summary>An ID token, read and not yet believed (OpenID Connect Core 1.0, 3.1.3.7).</summary>
internal sealed record IdToken(string Algorithm, string? Kid, JsonElement Claims, byte[] Signed, byte[] Signature)
{
    private const int Longest = 16 * 1024;
    private const int LongestSubject = 255;

    private static readonly string[] Foreign = ["crit", "jwk", "jku", "x5u", "x5c", "b64"];
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(1);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <returns>Null for what is no signed token of an algorithm that may be.</returns>
    public static IdToken? Read(string text)
    {
        if (text.Length > Longest || text.Split('.') is not [var head, var body, var proof])
        {
            return null;
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(head), Strict);
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(body), Strict);
            // `none`, keys of its own, and what must be understood and is not: no token for us.
            return Text(header.RootElement, "alg") is "RS256" or "ES256" or "PS256" && !Foreign.Any(n => header.RootElement.TryGetProperty(n, out _)) && claims.RootElement.ValueKind is JsonValueKind.Object
                ? new IdToken(Text(header.RootElement, "alg")!, Text(header.RootElement, "kid"), claims.RootElement.Clone(), Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(proof))
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    public string? Claim(string name) => Text(Claims, name);

    /// <summary>The claims, in the order of the specification.</summary>
    /// <returns>The one that is not as it must be; null when all are.</returns>
    public string? Problem(string issuer, string clientId, string nonce, string accessToken, DateTimeOffset now)
    {
        // 2. Who says it.
        if (Claim("iss") != issuer)
        {
            return "iss";
        }

        // 3., 4., 5. To whom.
        var audiences = Audiences().ToList();
        if (!audiences.Contains(clientId, StringComparer.Ordinal))
        {
            return "aud";
        }

        if (Claims.TryGetProperty("azp", out _) ? Claim("azp") != clientId : audiences.Count > 1)
        {
            return "azp";
        }

        // 9., 10. When.
        if (Time("exp") is not { } expires || expires + Skew <= now)
        {
            return "exp";
        }

        if (Time("iat") is not { } issued || issued > now + Skew || issued < now - Oldest)
        {
            return "iat";
        }

        if (Claims.TryGetProperty("nbf", out _) && (Time("nbf") is not { } begins || begins > now + Skew))
        {
            return "nbf";
        }

        // 11. For this sign-in.
        if (Claim("nonce") is not { } said || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(said), Encoding.UTF8.GetBytes(nonce)))
        {
            return "nonce";
        }

        // 3.1.3.8: with this access token.
        if (Claims.TryGetProperty("at_hash", out _) && Claim("at_hash") != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16)))
        {
            return "at_hash";
        }

        return Claim("sub") is { Length: > 0 and <= LongestSubject } subject && !subject.Any(char.IsControl) ? null : "sub";
    }

    private IEnumerable<string> Audiences() => ProviderAnswer.Member(Claims, "aud") switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } many => many.EnumerateArray().Select(a => a.ValueKind is JsonValueKind.String ? a.GetString()! : ""),
        _ => [],
    };

    private DateTimeOffset? Time(string name) =>
        ProviderAnswer.Member(Claims, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var seconds) && seconds is > 0 and < 253402300799 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;

    private static string? Text(JsonElement json, string name) => ProviderAnswer.Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
