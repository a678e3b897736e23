namespace Sluice.Auth.Settings;

/// <summary>What is wrong with providers and redirect addresses, each with what to set.</summary>
internal static class IdentitiesCheck
{
    private const int LongestName = 32;
    private const int LongestRedirect = 1000;

    public static IEnumerable<string> Problems(IdentityOptions o)
    {
        foreach (var (name, provider) in o.Providers)
        {
            foreach (var problem in OfProvider(name, provider))
            {
                yield return problem;
            }
        }

        if (o.Providers.Values.Count(p => p.Kind is ProviderKind.GitHub) > 1)
        {
            yield return "Identities.Providers has more than one of kind GitHub, and an account has one number there (`github_accounts.githubUserId`). Leave one.";
        }

        if (o.Providers.Count > 0 && o.RedirectUris.Count == 0)
        {
            yield return "Identities.RedirectUris is empty: no browser could come back from a provider. Set the addresses of the application, each whole: https://app.example.com/signed-in.";
        }

        foreach (var redirect in o.RedirectUris.Where(r => !IsRedirect(r)))
        {
            yield return $"Identities.RedirectUris has `{redirect}`. Set a whole https address without fragment, user, backslash or `*` (http for localhost, or a scheme of the application's own with a dot: com.example.app:/signed-in).";
        }

        if (o.StartLifetime < TimeSpan.FromMinutes(1) || o.StartLifetime > TimeSpan.FromHours(1) || o.CodeLifetime < TimeSpan.FromSeconds(5) || o.CodeLifetime > TimeSpan.FromSeconds(60))
        {
            yield return $"Identities.StartLifetime is {o.StartLifetime} and CodeLifetime {o.CodeLifetime}. Set ten minutes (a minute to an hour) and 60 seconds (5 at least, 60 at most).";
        }

        if (o.Patience < TimeSpan.FromMilliseconds(100) || o.Patience > TimeSpan.FromMinutes(1))
        {
            yield return $"Identities.Patience is {o.Patience}. Set ten seconds; a minute is the most.";
        }
    }

    /// <summary>https, or http on this machine: nothing with a secret goes anywhere else.</summary>
    public static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)) && uri.UserInfo.Length == 0;

    private static IEnumerable<string> OfProvider(string name, ProviderOptions o)
    {
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            yield return $"Identities.Providers has the name `{name}`, which goes into addresses. Set 1 to {LongestName} small letters, digits and hyphens.";
        }

        if (!Enum.IsDefined(o.Kind))
        {
            yield return $"Identities.Providers.{name}.Kind is {o.Kind}. Set {string.Join(", ", Enum.GetNames<ProviderKind>())}.";
        }

        foreach (var (option, address) in new[] { (nameof(o.Issuer), o.Authority), (nameof(o.ApiUrl), o.ApiUrl) })
        {
            if (!IsSafe(address) || address.EndsWith('?') || new Uri(address) is not { Query: "", Fragment: "" })
            {
                yield return $"Identities.Providers.{name}.{option} is `{address}`. Set an https address without query, as https://accounts.example.com; http is for localhost.";
            }
        }

        if (o.ClientId.Length == 0 || o.ClientSecret.Length == 0)
        {
            yield return $"Identities.Providers.{name} has no ClientId or no ClientSecret. Register this service there, with {{Issuer's host}}/auth/v1/oauth/{name}/callback as its redirect URI, and set both.";
        }
    }

    private static bool IsRedirect(string text) =>
        text.Length is > 0 and <= LongestRedirect && text.All(c => c is > ' ' and < '\x7f' and not ('\\' or '*' or '#' or '"' or '<' or '>'))
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && (uri.Scheme switch
        {
            "https" => uri.Host.Length > 0,
            "http" => uri.IsLoopback,
            var own => own.Contains('.', StringComparison.Ordinal),
        });
}
