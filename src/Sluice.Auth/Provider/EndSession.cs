using Sluice.Auth.Audit;
using Sluice.Auth.Clients;
using Sluice.Auth.Factors;
using Sluice.Auth.Sessions;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Provider;

/// <summary>Signs a browser out at a client's wish (OpenID Connect RP-Initiated Logout): its session here, and all that clients got by it.</summary>
internal sealed class EndSession(AuthDatabase database, KnownClients clients, IdTokens idTokens, FactorStore factors, SessionIssuer sessions)
{
    /// <returns>Null for what no client of ours can have asked.</returns>
    public SignOutRequest? Read(IReadOnlyDictionary<string, string> asked)
    {
        var hint = asked.GetValueOrDefault("id_token_hint") is { Length: > 0 } text ? idTokens.Read(text) : null;
        if (asked.ContainsKey("id_token_hint") && (hint is null || (asked.GetValueOrDefault("client_id") is { } said && said != hint.ClientId)))
        {
            return null;
        }

        var client = clients.Find(hint?.ClientId ?? asked.GetValueOrDefault("client_id"));
        var to = asked.GetValueOrDefault("post_logout_redirect_uri");
        return to is not null && client?.PostLogoutRedirectUris.Contains(to) is not true ? null : new SignOutRequest(hint, to, asked.GetValueOrDefault("state"));
    }

    /// <summary>Whether the client has shown that it means whoever is signed in: otherwise any page could sign people out.</summary>
    public static bool IsSure(SignOutRequest request, SignedInBrowser? browser) => request.Hint is { } hint && (browser is null || browser.User.Id == hint.Subject);

    public async Task RunAsync(SignOutRequest request, SignedInBrowser? browser, Client asking, CancellationToken cancellation)
    {
        if (browser is not null)
        {
            await EndAsync(browser.User.Id, browser.Id, asking, cancellation);
        }

        // The client's own, should the browser have lost what it came of.
        if (request.Hint is { SessionId: var id, Subject: var user } && database.IsId(id) && database.IsId(user) && (browser is null || browser.User.Id == user))
        {
            await EndAsync(user, id, asking, cancellation);
        }
    }

    // The user's row first: a code that is being exchanged at this moment has its session before this looks, or none after.
    private async Task EndAsync(string user, string session, Client asking, CancellationToken cancellation) => await sessions.EndAsync(
        new Ending(user, session, null, "signed_out", user) { AndBornOf = true }, AuditEvent.Of("signed_out", user, session, asking), [factors.Holding(user)], ended => ended.Count > 0, cancellation);
}

/// <param name="Hint">Whom the client means; null where it does not say.</param>
/// <param name="To">Where the browser goes then.</param>
internal sealed record SignOutRequest(IdToken? Hint, string? To, string? State);
