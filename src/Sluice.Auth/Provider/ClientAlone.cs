using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Clients;
using Sluice.Auth.Settings;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>A token for a client itself, by its secret: no user, no session, and no refresh token, since it can always ask again (RFC 6749, 4.4).</summary>
internal sealed class ClientAlone(TokenWriter tokens, Announcer announcer, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    // What it has shown is its secret, and no word of RFC 8176 says so.
    private static readonly Assurance Secret = new("aal1", "client_secret");

    public async Task<(TokenAnswer? Answer, OAuthError? Refusal)> RunAsync(ClientOptions client, IReadOnlyDictionary<string, string> form, Client asking, CancellationToken cancellation)
    {
        var wanted = (form.GetValueOrDefault("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Who a user is is nothing that a client without one can ask.
        var allowed = client.MayAskFor.Except(["openid", "profile", "email", "offline_access"], StringComparer.Ordinal).ToList();
        if (wanted.Except(allowed, StringComparer.Ordinal).Any())
        {
            return (null, OAuthError.Scope);
        }

        var scope = string.Join(' ', wanted.Length > 0 ? wanted.Distinct(StringComparer.Ordinal) : allowed);
        var (text, expires) = tokens.Write(client.Id, "", new HeldRoles(""), Secret, DateTimeOffset.MaxValue, null, new IssuedTo(client.Id, client.AudienceIn(options.Value), scope, HasRole: false));
        await announcer.TellAsync(new AuditEvent("client_token_issued", "client", client.Id) { Client = asking, New = new JsonObject { ["client"] = client.Id, ["scope"] = scope } }, cancellation);
        return (new TokenAnswer(text, "Bearer", Math.Max(0, (long)(expires - clock.GetUtcNow()).TotalSeconds), scope), null);
    }
}
