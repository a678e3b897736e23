using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Clients;

/// <summary>Who may ask: by HTTP Basic or in the form, never both (RFC 6749, 2.3.1).</summary>
internal sealed class ClientCredentials(IOptions<SluiceAuthOptions> options)
{
    private readonly FrozenDictionary<string, byte[]> known = options.Value.Clients.ToFrozenDictionary(c => c.Id, c => Convert.FromHexString(c.SecretSha256), StringComparer.Ordinal);

    // Compared with where there is no such client: the time says nothing of that.
    private readonly byte[] nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <returns>The client's id; else why not.</returns>
    public (string? Client, OAuthError? Refusal) Read(string authorization, IReadOnlyDictionary<string, string> form)
    {
        var (id, secret) = (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        if (authorization.Length == 0)
        {
            return id is not null && secret is not null && Matches(id, secret) ? (id, null) : (null, OAuthError.Client);
        }

        if (Basic(authorization) is not var (user, password))
        {
            return (null, OAuthError.Client);
        }

        if (secret is not null || (id is not null && id != user && id != Decode(user)))
        {
            return (null, OAuthError.Invalid("A client names itself once: in the Authorization header or in the form."));
        }

        // By the letter both are form-encoded first; many clients send them as they are.
        return Matches(user, password) ? (user, null)
            : Matches(Decode(user), Decode(password)) ? (Decode(user), null)
            : (null, OAuthError.Client);
    }

    private bool Matches(string id, string secret)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var isKnown = known.TryGetValue(id, out var expected);
        return CryptographicOperations.FixedTimeEquals(hash, expected ?? nobody) && isKnown;
    }

    private static (string User, string Password)? Basic(string authorization)
    {
        const string Scheme = "Basic ";
        var bytes = new byte[authorization.Length];
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), bytes, out var written)
            && Encoding.UTF8.GetString(bytes, 0, written).Split(':', 2) is [var user, var password]
                ? (user, password)
                : null;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
