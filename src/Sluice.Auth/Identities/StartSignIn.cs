using Microsoft.Extensions.Options;
using Sluice.Auth.Accounts;
using Sluice.Auth.Factors;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Tokens;
using Sluice.Auth.Web;

namespace Sluice.Auth.Identities;

/// <summary>Sends a browser to a provider: for a sign-in, or to link it to the account of who asks.</summary>
internal sealed class StartSignIn(AuthDatabase database, Providers providers, FactorRights rights, IOptions<SluiceAuthOptions> options, TimeProvider clock)
{
    private const int LongestState = 512;
    private const int LongestOfPage = 1800;

    private readonly IdentityOptions settings = options.Value.Identities;

    /// <summary>Whether what our own sign-in page is asked for comes back with the browser.</summary>
    public static bool Takes(string pageQuery) => pageQuery.Length <= LongestOfPage;

    /// <param name="ownPage">Our own sign-in page, which gets what it was asked for back as the state.</param>
    public async Task<Outcome<Started>> RunAsync(string? provider, string redirectUri, string codeChallenge, string appState, string callback, string ownPage, CancellationToken cancellation) =>
        !CodeChallenge.IsOne(codeChallenge)
            ? Refusal.Invalid("codeChallenge is the SHA-256 of a verifier of the application's in base64url (S256).")
            : await SendAsync(provider, redirectUri, codeChallenge, appState, null, callback, cancellation, ownPage);

    public async Task<Outcome<Started>> LinkAsync(AccessToken token, string? provider, string redirectUri, string appState, string callback, CancellationToken cancellation)
    {
        // It is one more way in, as another factor is: for who has signed in just now, with all that the account asks for.
        var allowed = await rights.OfAsync(token, cancellation);
        return allowed.Value is not { } bearer ? allowed.Refusal!
            : !bearer.User.EmailVerified && database.Names.Has("users.emailVerified") ? IdentityRefusals.Unconfirmed
            : await SendAsync(provider, redirectUri, null, appState, bearer, callback, cancellation);
    }

    private async Task<Outcome<Started>> SendAsync(string? name, string redirectUri, string? codeChallenge, string appState, Bearer? bearer, string callback, CancellationToken cancellation, string ownPage = "")
    {
        if (providers.Find(name) is not { } provider)
        {
            return Refusal.NotFound;
        }

        // Letter by letter: no prefix, no host alone, nothing decoded.
        var isOwn = redirectUri == ownPage && ownPage.Length > 0;
        if (!isOwn && !settings.RedirectUris.Contains(redirectUri, StringComparer.Ordinal))
        {
            return IdentityRefusals.Redirect;
        }

        if (appState.Length > (isOwn ? LongestOfPage : LongestState) || appState.Any(c => c is < ' ' or > '~'))
        {
            return Refusal.Invalid($"state has at most {LongestState} characters of ASCII.");
        }

        var attempt = new SignInAttempt(
            provider.Name, RandomToken.New(), RandomToken.New(), RandomToken.New(), redirectUri, codeChallenge, appState.Length > 0 ? appState : null, clock.GetUtcNow() + settings.StartLifetime,
            bearer?.User.Id, bearer?.SessionId);
        var address = await provider.AddressAsync(attempt, callback, cancellation);
        return address.Value is { } to ? new Started(attempt, to) : address.Refusal!;
    }
}

/// <param name="Address">Where the browser goes.</param>
internal sealed record Started(SignInAttempt Attempt, string Address);
