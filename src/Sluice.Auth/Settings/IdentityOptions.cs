namespace Sluice.Auth.Settings;

/// <summary>Sign-in with accounts that people have elsewhere.</summary>
public sealed class IdentityOptions
{
    /// <summary>By a name that is in addresses (`/oauth/github/start`) and in `user_identities`: it stays for good.</summary>
    public IDictionary<string, ProviderOptions> Providers { get; } = new Dictionary<string, ProviderOptions>(StringComparer.Ordinal);

    /// <summary>Where a browser may be sent after a sign-in, letter by letter: `https://app.example.com/signed-in`, `com.example.app:/signed-in`.</summary>
    public IList<string> RedirectUris { get; } = [];

    /// <summary>Whether a sign-in of somebody unknown makes an account.</summary>
    public bool CreateAccounts { get; set; } = true;

    /// <summary>For how long a sign-in may take at its provider.</summary>
    public TimeSpan StartLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>For how long the application may take to exchange the code.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long a provider may take to answer.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>A provider, and what it knows this service as.</summary>
public sealed class ProviderOptions
{
    public ProviderKind Kind { get; set; }

    /// <summary>Who it is: its metadata is below it (`/.well-known/openid-configuration`), and its ID tokens say it. GitHub has one of its own.</summary>
    public string Issuer { get; set; } = "";

    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>What is asked for. Empty: `openid email profile`, at GitHub `read:user user:email`.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>GitHub's API, should it be an installation of one's own.</summary>
    public string ApiUrl { get; set; } = "https://api.github.com";

    internal string Authority => Issuer.Length > 0 ? Issuer : Kind is ProviderKind.GitHub ? ProviderSetup.GitHubIssuer : "";
}

/// <summary>What a provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>OpenID Connect, found by its metadata.</summary>
    OpenIdConnect,

    /// <summary>GitHub's OAuth, which has no ID tokens.</summary>
    GitHub,
}

/// <summary>The providers, each in a line.</summary>
public static class ProviderSetup
{
    internal const string GitHubIssuer = "https://github.com/login/oauth";

    /// <summary>As `github`.</summary>
    public static SluiceAuthOptions AddGitHub(this SluiceAuthOptions options, Action<ProviderOptions> configure) => options.Add("github", configure, p => p.Kind = ProviderKind.GitHub);

    /// <summary>As `google`.</summary>
    public static SluiceAuthOptions AddGoogle(this SluiceAuthOptions options, Action<ProviderOptions> configure) => options.Add("google", configure, p => p.Issuer = "https://accounts.google.com");

    /// <param name="name">In small letters, digits and hyphens; it stays for good.</param>
    public static SluiceAuthOptions AddOpenIdConnect(this SluiceAuthOptions options, string name, Action<ProviderOptions> configure) => options.Add(name, configure, _ => { });

    private static SluiceAuthOptions Add(this SluiceAuthOptions options, string name, Action<ProviderOptions> configure, Action<ProviderOptions> first)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (!options.Identities.Providers.TryGetValue(name, out var provider))
        {
            options.Identities.Providers[name] = provider = new ProviderOptions();
        }

        first(provider);
        configure(provider);
        return options;
    }
}
