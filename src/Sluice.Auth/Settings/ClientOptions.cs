namespace Sluice.Auth.Settings;

/// <summary>
/// Who is known to the authorization server: a service that asks about tokens (RFC 7662), and, with redirect URIs or the grant
/// `client_credentials`, an application that gets tokens (docs/auth-provider.md).
/// </summary>
public sealed class ClientOptions
{
    /// <summary>Its `client_id`.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of its secret, in hexadecimal: 32 random bytes need no slow hash. `printf %s "$secret" | sha256sum` makes it.
    /// Empty for an application that can keep none, in a browser or on a telephone.</summary>
    public string SecretSha256 { get; set; } = "";

    /// <summary>What people are shown when they are asked for their consent; empty for its id.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where codes may be sent, exactly as the application says it: `https://app.example.com/callback`.</summary>
    public IList<string> RedirectUris { get; } = [];

    /// <summary>Where a browser may go after signing out, exactly.</summary>
    public IList<string> PostLogoutRedirectUris { get; } = [];

    /// <summary>What it may ask for. Empty, with redirect URIs: `openid`, `profile` and `email`.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>`authorization_code`, `refresh_token`, `client_credentials`. Empty, with redirect URIs: the first two.</summary>
    public IList<string> GrantTypes { get; } = [];

    /// <summary>Whether it is the installation's own: nobody is asked for consent, and its tokens may do what their user may.</summary>
    public bool FirstParty { get; set; }

    /// <summary>Whether it is an application on a device: its redirect URIs may have a scheme of its own (`com.example.app:/callback`), and those with
    /// a loopback address hold for every port (RFC 8252).</summary>
    public bool Native { get; set; }

    /// <summary>The `aud` of its access tokens. Empty: of the installation's own clients the <see cref="SluiceAuthOptions.Audience"/>, of others the issuer, so that
    /// nobody but `userinfo` accepts them.</summary>
    public string Audience { get; set; } = "";

    internal bool IsPublic => SecretSha256.Length == 0;

    internal string Shown => Name.Length > 0 ? Name : Id;

    /// <summary>A service that asks, and gets no tokens.</summary>
    internal bool IsService => RedirectUris.Count == 0 && GrantTypes.Count == 0;

    internal bool MayUse(string grant) => GrantTypes.Count > 0 ? GrantTypes.Contains(grant) : RedirectUris.Count > 0 && grant is ("authorization_code" or "refresh_token");

    internal IEnumerable<string> MayAskFor => Scopes.Count > 0 || RedirectUris.Count == 0 ? Scopes : ["openid", "profile", "email"];

    internal string AudienceIn(SluiceAuthOptions options) => Audience.Length > 0 ? Audience : FirstParty ? options.Audience : options.Issuer;
}
