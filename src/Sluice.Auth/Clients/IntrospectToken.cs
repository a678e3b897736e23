using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Revocation;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Clients;

/// <summary>Says of a token what it is worth at this moment (RFC 7662), by the database and not by what this node has heard.</summary>
internal sealed class IntrospectToken(SessionStore sessions, TokenReader reader, FreshRevocation fresh, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private static readonly Dictionary<string, JsonElement> Inactive = new(StringComparer.Ordinal) { ["active"] = Json("false") };

    /// <returns>Null when it cannot be known now.</returns>
    public async Task<Dictionary<string, JsonElement>?> RunAsync(string text, CancellationToken cancellation)
    {
        if (RandomToken.IsOne(text))
        {
            return await sessions.InForceAsync(text, options.Value.Sessions.IdleLifetime, cancellation) is { } session ? OfRefresh(session) : Inactive;
        }

        if (reader.Read(text, clock.GetUtcNow()) is not { } token || !await sessions.IsAliveAsync(token.SessionId, token.Subject, cancellation))
        {
            return Inactive;
        }

        return await fresh.AskAsync(token.Hashes(text), cancellation) switch
        {
            null => null,
            true => Inactive,
            false => OfAccess(text),
        };
    }

    // Word for word what the token says.
    private static Dictionary<string, JsonElement> OfAccess(string text)
    {
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(text.Split('.')[1]));
        var said = claims.RootElement.EnumerateObject().ToDictionary(c => c.Name, c => c.Value.Clone(), StringComparer.Ordinal);
        (said["active"], said["token_type"]) = (Json("true"), Json("\"Bearer\""));
        return said;
    }

    private Dictionary<string, JsonElement> OfRefresh(LivingSession session) => new(StringComparer.Ordinal)
    {
        ["active"] = Json("true"),
        ["iss"] = Text(options.Value.Issuer),
        ["client_id"] = Text(options.Value.Tokens.ClientId),
        ["sub"] = Text(session.UserId),
        ["sid"] = Text(session.Id),
        ["iat"] = Number(session.LastUsed),
        ["exp"] = Number(session.Expires),
    };

    private static JsonElement Text(string text) => JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");

    private static JsonElement Number(DateTimeOffset time) => Json(time.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static JsonElement Json(string json) => JsonElement.Parse(json);
}
