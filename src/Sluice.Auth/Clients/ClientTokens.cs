using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Revocation;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Clients;

/// <summary>Access tokens of this issuer for whatever audience: those of clients are for others than our own routes.</summary>
internal sealed class ClientTokens(KeyRing keys, RevocationList revoked, Hearing hearing, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private readonly TokenReader[] readers =
    [
        .. options.Value.Clients.Select(c => c.AudienceIn(options.Value)).Prepend(options.Value.Audience).Distinct(StringComparer.Ordinal)
            .Select(audience => new TokenReader(keys, options.Value.Issuer, audience, options.Value.Tokens.ClockSkew)),
    ];

    /// <returns>Null for what is no valid token of ours; whether it was revoked is not asked.</returns>
    public AccessToken? Read(string text)
    {
        var now = clock.GetUtcNow();
        return readers.Select(r => r.Read(text, now)).FirstOrDefault(t => t is not null);
    }

    /// <returns>Null also for what was revoked, as far as this node has heard.</returns>
    public AccessToken? Verify(string text) => Read(text) is { } token && !token.IsRevokedBy(revoked) && !hearing.IsDeaf(clock.GetUtcNow()) ? token : null;

    /// <summary>The claims of a token that was read, word for word.</summary>
    public static Dictionary<string, JsonElement> ClaimsOf(string text)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(text.Split('.')[1]));
        return claims.RootElement.EnumerateObject().ToDictionary(c => c.Name, c => c.Value.Clone(), StringComparer.Ordinal);
    }

    public static string? ClientOf(string text) => ClaimsOf(text).GetValueOrDefault("client_id") is { ValueKind: JsonValueKind.String } id ? id.GetString() : null;
}
