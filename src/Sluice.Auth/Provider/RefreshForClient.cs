using Microsoft.Extensions.Options;
using Sluice.Auth.Clients;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>The next tokens of a client's session, by the rules of every session; to another client its refresh token is none.</summary>
internal sealed class RefreshForClient(SessionIssuer sessions, CodeStore codes, IdTokens idTokens, IOptions<SluiceAuthOptions> options)
{
    public async Task<(TokenAnswer? Answer, OAuthError? Refusal)> RunAsync(ClientOptions client, IReadOnlyDictionary<string, string> form, Client asking, CancellationToken cancellation)
    {
        if (form.GetValueOrDefault("refresh_token") is not { Length: > 0 } token)
        {
            return (null, OAuthError.Invalid("The form needs `refresh_token`."));
        }

        // It may ask for less, by name. What it asks for is looked at first: a refusal must not use the token up.
        var wanted = (form.GetValueOrDefault("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Except(client.MayAskFor, StringComparer.Ordinal).Any())
        {
            return (null, OAuthError.Scope);
        }

        if (!RandomToken.IsOne(token) || (await sessions.GoOnAsync(token, client.Id, asking, cancellation)).Value is not { Family: var family } next
            || await codes.SessionAsync(family.SessionId, client.Id, cancellation) is not var (granted, since))
        {
            return (null, OAuthError.Grant);
        }

        if (wanted.Except(granted.Split(' '), StringComparer.Ordinal).Any())
        {
            return (null, OAuthError.Scope);
        }

        // What its options take away from a client ends with the next token, and not with the session.
        var left = (wanted.Length > 0 ? wanted : granted.Split(' ')).Intersect(client.MayAskFor, StringComparer.Ordinal).ToArray();
        if (left.Length == 0)
        {
            return (null, OAuthError.Scope);
        }

        var scope = string.Join(' ', left);
        var to = new IssuedTo(client.Id, client.AudienceIn(options.Value), scope, client.FirstParty);
        var tokens = await sessions.TokensAsync(family.Owner, family.SessionId, family.Assurance, family.Expires, next.RefreshToken, to, cancellation);
        var idToken = scope.Split(' ').Contains("openid") ? idTokens.Write(new IdToken(family.Owner.Id, client.Id, family.SessionId), null, tokens.AccessToken, since, family.Assurance) : null;
        return (new TokenAnswer(tokens.AccessToken, "Bearer", tokens.ExpiresIn, scope, next.RefreshToken, idToken), null);
    }
}
