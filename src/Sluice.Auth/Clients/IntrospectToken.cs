using System.Text.Json;
using Microsoft.Extensions.Options;
using Sluice.Auth.Revocation;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;

namespace Sluice.Auth.Clients;

/// <summary>Says of a token what it is worth at this moment (RFC 7662), by the database and not by what this node has heard.</summary>
internal sealed class IntrospectToken(KnownClients clients, SessionStore sessions, ClientTokens tokens, FreshRevocation fresh, IOptions<SluiceAuthOptions> options)
{
    private static readonly Dictionary<string, JsonElement> Inactive = new(StringComparer.Ordinal) { ["active"] = Json("false") };

    /// <param name="asking">A service of the installation, or a client of its own, may ask about every token; another client about those that it got itself.</param>
    /// <returns>Null when it cannot be known now.</returns>
    public async Task<Dictionary<string, JsonElement>?> RunAsync(ClientOptions asking, string text, CancellationToken cancellation)
    {
        var mayAskAll = asking.IsService || asking.FirstParty;
        if (RandomToken.IsOne(text))
        {
            foreach (var (hash, client) in clients.HashesOf(text).Where(h => mayAskAll || h.ClientId == asking.Id))
            {
                if (await sessions.InForceAsync(hash, options.Value.Sessions.IdleLifetime, cancellation) is { } session)
                {
                    return OfRefresh(session, client);
                }
            }

            return Inactive;
        }

        if (tokens.Read(text) is not { } token || !(mayAskAll || ClientTokens.ClientOf(text) == asking.Id)
            || !(token.IsOfClient ? clients.Find(token.Subject) is not null : await sessions.IsAliveAsync(token.SessionId, token.Subject, cancellation)))
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
        var said = ClientTokens.ClaimsOf(text);
        (said["active"], said["token_type"]) = (Json("true"), Json("\"Bearer\""));
        return said;
    }

    private Dictionary<string, JsonElement> OfRefresh(LivingSession session, string client) => new(StringComparer.Ordinal)
    {
        ["active"] = Json("true"),
        ["iss"] = Text(options.Value.Issuer),
        ["client_id"] = Text(client),
        ["sub"] = Text(session.UserId),
        ["sid"] = Text(session.Id),
        ["iat"] = Number(session.LastUsed),
        ["exp"] = Number(session.Expires),
    };

    private static JsonElement Text(string text) => JsonElement.Parse($"\"{JsonEncodedText.Encode(text)}\"");

    private static JsonElement Number(DateTimeOffset time) => Json(time.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static JsonElement Json(string json) => JsonElement.Parse(json);
}
