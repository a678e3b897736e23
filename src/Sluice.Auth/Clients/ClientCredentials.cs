using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Clients;

/// <summary>Who may ask: by HTTP Basic or in the form, never both (RFC 6749, 2.3.1).</summary>
internal sealed class ClientCredentials(KnownClients clients)
{
    // Compared with where there is no such client: the time says nothing of that.
    private readonly byte[] nobody = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <summary>A client that can keep no secret says its name only: what it holds must do the rest.</summary>
    /// <returns>The client; else why not.</returns>
    public (ClientOptions? Client, OAuthError? Refusal) Read(string authorization, IReadOnlyDictionary<string, string> form)
    {
        var (id, secret) = (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret"));
        if (authorization.Length == 0)
        {
            var named = secret is null ? clients.Find(id) is { IsPublic: true } open ? open : null : Match(id ?? "", secret);
            return named is null ? (null, OAuthError.Client) : (named, null);
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
        return (Match(user, password) ?? Match(Decode(user), Decode(password))) is { } client ? (client, null) : (null, OAuthError.Client);
    }

    private ClientOptions? Match(string id, string secret)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var known = clients.Find(id) is { IsPublic: false } client ? client : null;
        return CryptographicOperations.FixedTimeEquals(hash, known is null ? nobody : Convert.FromHexString(known.SecretSha256)) ? known : null;
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
