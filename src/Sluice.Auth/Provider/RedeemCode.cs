using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Sluice.Auth.Audit;
using Sluice.Auth.Clients;
using Sluice.Auth.Factors;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>
/// A session of a client's own for a code, once (RFC 6749, 4.1.3). Whoever is not the client, or has not the verifier, neither gets anything nor
/// takes it from the owner. The same code a second time, with all that belongs to it, is in two hands: what the first got ends (4.1.2).
/// </summary>
internal sealed class RedeemCode(AuthDatabase database, CodeStore codes, FactorStore factors, SessionIssuer sessions, IdTokens idTokens, IOptions<SluiceAuthOptions> options)
{
    public async Task<(TokenAnswer? Answer, OAuthError? Refusal)> RunAsync(ClientOptions client, IReadOnlyDictionary<string, string> form, Client asking, CancellationToken cancellation)
    {
        if (form.GetValueOrDefault("code") is not { } text || form.GetValueOrDefault("redirect_uri") is not { } uri || form.GetValueOrDefault("code_verifier") is not { } verifier)
        {
            return (null, OAuthError.Invalid("The form needs `code`, `redirect_uri` and `code_verifier`."));
        }

        if (!RandomToken.IsOne(text) || await codes.FindAsync(text, cancellation) is not { } code || code.ClientId != client.Id || code.RedirectUri != uri || !IsOf(verifier, code.Challenge))
        {
            return (null, OAuthError.Grant);
        }

        var user = code.Browser.User;
        if (code.IssuedSessionId is null && code.Expires > database.Now)
        {
            var to = new IssuedTo(client.Id, client.AudienceIn(options.Value), code.Scope, client.FirstParty);
            var session = await sessions.PrepareAsync(user, code.PasswordHash, client.Shown, asking, code.Browser.Assurance, code.Browser.Until, to, parent: code.Browser.Id, cancellation: cancellation);
            var spending = codes.Spending(text, session.Id);
            var happened = AuditEvent.Of("client_session_begun", user.Id, session.Id, asking) with { New = new JsonObject { ["client"] = client.Id, ["scope"] = code.Scope } };
            // The user's row before the code's, as in all that changes an account and ends its sessions, and codes with them.
            if (await sessions.BeginAsync(
                session, [factors.Holding(user.Id), spending], [happened], cancellation, () => spending.RecordsAffected == 1,
                [codes.Keeping(session.Id, client.Id, code.Scope, code.Browser)]))
            {
                var (access, idToken) = (session.Tokens.AccessToken, (string?)null);
                if (code.Scope.Split(' ').Contains("openid"))
                {
                    idToken = idTokens.Write(new IdToken(user.Id, client.Id, session.Id), code.Nonce, access, code.Browser.Since, code.Browser.Assurance);
                }

                return (new TokenAnswer(access, "Bearer", session.Tokens.ExpiresIn, code.Scope, client.MayUse("refresh_token") ? session.Tokens.RefreshToken : null, idToken), null);
            }
        }

        // Also of those that came at the same moment: each has waited for the first.
        if ((await codes.FindAsync(text, cancellation))?.IssuedSessionId is { } issued)
        {
            await sessions.EndAsync(
                new Ending(user.Id, issued, null, "code_reuse", client.Id),
                AuditEvent.Of("code_reuse_detected", user.Id, issued, asking) with { New = new JsonObject { ["client"] = client.Id } },
                cancellation);
        }

        return (null, OAuthError.Grant);
    }

    private static bool IsOf(string verifier, string challenge) =>
        verifier.Length is >= 43 and <= 128 && verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));
}
