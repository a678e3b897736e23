using Microsoft.AspNetCore.WebUtilities;
using Sluice.Auth.Settings;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Where people have accounts: how a browser is sent there, and what is learned when it comes back.</summary>
internal abstract class Provider(string name, ProviderOptions options)
{
    public string Name { get; } = name;

    public ProviderOptions Options { get; } = options;

    /// <summary>The address that a browser is sent to.</summary>
    public abstract Task<Outcome<string>> AddressAsync(SignInAttempt attempt, string callback, CancellationToken cancellation);

    /// <summary>Who has come back, by the provider's own word to us.</summary>
    /// <param name="issuer">What the browser brought as `iss` (RFC 9207); null for none.</param>
    public abstract Task<Outcome<ProviderAccount>> IdentifyAsync(string code, string? issuer, SignInAttempt attempt, string callback, CancellationToken cancellation);

    protected string Address(string endpoint, SignInAttempt attempt, string callback, string defaultScope, bool withNonce) => QueryHelpers.AddQueryString(endpoint, new Dictionary<string, string?>
    {
        ["response_type"] = "code",
        ["client_id"] = Options.ClientId,
        ["redirect_uri"] = callback,
        ["scope"] = Options.Scopes.Count > 0 ? string.Join(' ', Options.Scopes) : defaultScope,
        ["state"] = attempt.State,
        ["nonce"] = withNonce ? attempt.Nonce : null,
        ["code_challenge"] = CodeChallenge.Of(attempt.Verifier),
        ["code_challenge_method"] = "S256",
    }.Where(p => p.Value is not null));

    protected static Dictionary<string, string> CodeForm(string code, SignInAttempt attempt, string callback) => new()
    {
        ["grant_type"] = "authorization_code",
        ["code"] = code,
        ["redirect_uri"] = callback,
        ["code_verifier"] = attempt.Verifier,
    };
}

/// <summary>An account at a provider.</summary>
/// <param name="Email">As it says it; null for none.</param>
/// <param name="IsVerified">Whether it says that the address is its owner's.</param>
internal sealed record ProviderAccount(string Provider, string Issuer, string Subject, string? Email, bool IsVerified, string? Name)
{
    /// <summary>What GitHub lets us do for its owner there.</summary>
    public GitHubGrant? Grant { get; init; }
}

/// <summary>Tokens of a GitHub user.</summary>
/// <param name="Lifetime">Null for a token that does not expire.</param>
internal sealed record GitHubGrant(long GitHubUserId, string AccessToken, string? RefreshToken, TimeSpan? Lifetime);
