using System.Text.Json.Nodes;

namespace Sluice.Auth.Tokens;

/// <summary>Adds claims of the application's own to every access token.</summary>
public interface ITokenEnricher
{
    /// <summary>
    /// Called at each sign-in and at each refresh, before the token is signed. What it throws, what comes late, and what may not be in a token is
    /// answered with 503: no token goes without its claims. At a registration the account is not in the table yet.
    /// </summary>
    /// <returns>The claims by their names; null for none.</returns>
    ValueTask<JsonObject?> ClaimsAsync(TokenSubject subject, CancellationToken cancellation);
}

/// <summary>Whose token it is.</summary>
/// <param name="Role">The account's own; what it was given besides is in the token.</param>
public sealed record TokenSubject(string UserId, string SessionId, string Email, string Role);
