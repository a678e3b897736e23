using Sluice.Auth.Accounts;
using Sluice.Auth.Clients;
using Sluice.Auth.Sessions;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>What a client may know of its user now, and no more than it was allowed to.</summary>
internal sealed class UserInfo(ClientTokens tokens, SessionStore sessions, AccountStore accounts)
{
    private static readonly Refusal Insufficient = new(403, "insufficient_scope", "The access token has not the scope `openid`.") { Challenge = "Bearer error=\"insufficient_scope\", scope=\"openid\"" };

    public async Task<Outcome<UserInfoAnswer>> RunAsync(string text, CancellationToken cancellation)
    {
        if (tokens.Verify(text) is not { IsOfClient: false } token || !await sessions.IsAliveAsync(token.SessionId, token.Subject, cancellation))
        {
            return Refusal.Unauthenticated;
        }

        var scopes = token.Scope.Split(' ');
        if (!scopes.Contains("openid"))
        {
            return Insufficient;
        }

        if (await accounts.GetProfileAsync(token.Subject, cancellation) is not { } profile)
        {
            return Refusal.Unauthenticated;
        }

        var (hasProfile, hasEmail) = (scopes.Contains("profile"), scopes.Contains("email"));
        return new UserInfoAnswer(profile.Id)
        {
            Name = hasProfile ? profile.DisplayName : null,
            Username = hasProfile ? profile.Username : null,
            UpdatedAt = hasProfile ? profile.UpdatedAt.ToUnixTimeSeconds() : null,
            Email = hasEmail ? profile.Email : null,
            EmailVerified = hasEmail ? profile.EmailVerified : null,
        };
    }
}
