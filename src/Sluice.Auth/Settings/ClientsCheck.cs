namespace Sluice.Auth.Settings;

/// <summary>What is wrong with the clients, each with what to set.</summary>
internal static class ClientsCheck
{
    private static readonly string[] Grants = ["authorization_code", "refresh_token", "client_credentials"];

    public static IEnumerable<string> Problems(SluiceAuthOptions o)
    {
        foreach (var client in o.Clients.Where(c => c.Id.Length is 0 or > 128 || !c.Id.All(l => l is > ' ' and < '\x7f' and not ':')))
        {
            yield return $"Clients has the id `{client.Id}`. Set 1 to 128 ASCII characters without spaces and colons.";
        }

        // Not said as it is: somebody may have set the secret itself.
        foreach (var client in o.Clients.Where(c => c.SecretSha256.Length > 0 ? c.SecretSha256.Length != 64 || !c.SecretSha256.All(char.IsAsciiHexDigit) : c.RedirectUris.Count == 0))
        {
            yield return $"Clients has no SHA-256 for `{client.Id}`. Make a secret by `openssl rand -hex 32`, and set SecretSha256 to what `printf %s \"$secret\" | sha256sum` says.";
        }

        foreach (var twice in o.Clients.GroupBy(c => c.Id, StringComparer.Ordinal).Where(c => c.Count() > 1))
        {
            yield return $"Clients has `{twice.Key}` more than once. Give each its own id.";
        }

        foreach (var problem in o.Clients.SelectMany(c => OfOne(c, o)))
        {
            yield return problem;
        }

        // With HS256 a client could check an ID token only by knowing what signs every token.
        if (o.Tokens.Algorithm == "HS256" && o.Clients.Any(c => c.RedirectUris.Count > 0))
        {
            yield return "Clients has redirect URIs, and Tokens.Algorithm is HS256, with which no client can check an ID token. Set ES256 or RS256.";
        }
    }

    private static IEnumerable<string> OfOne(ClientOptions c, SluiceAuthOptions o)
    {
        foreach (var uri in c.RedirectUris.Concat(c.PostLogoutRedirectUris).Where(u => !IsTarget(u, c.Native)))
        {
            yield return $"The client `{c.Id}` has the URI `{uri}`. Write an https address whole and without a fragment, as the application sends it; http is for localhost, and a scheme of its own (`com.example.app:/callback`) for Native. There is no wildcard.";
        }

        foreach (var grant in c.GrantTypes.Except(Grants, StringComparer.Ordinal))
        {
            yield return $"The client `{c.Id}` has the grant `{grant}`. There are {string.Join(", ", Grants)}.";
        }

        if (c.Id == o.Tokens.ClientId && !c.IsService)
        {
            yield return $"The client `{c.Id}` has the id of the application's own pages (Tokens.ClientId), whose tokens are not its. Give it another.";
        }

        if (c.GrantTypes.Contains("client_credentials") && c.IsPublic)
        {
            yield return $"The client `{c.Id}` has the grant client_credentials and no secret. Set SecretSha256, or take the grant away.";
        }

        if (c.MayUse("authorization_code") && c.RedirectUris.Count == 0)
        {
            yield return $"The client `{c.Id}` has the grant authorization_code and no RedirectUris. Add one, or take the grant away.";
        }

        foreach (var scope in c.Scopes.Where(s => s.Length is 0 or > 64 || !s.All(l => l is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'))))
        {
            yield return $"The client `{c.Id}` has the scope `{scope}`. Write each by itself: 1 to 64 ASCII characters without spaces, quotes and backslashes.";
        }

        if (!c.FirstParty && !c.IsService && c.AudienceIn(o) == o.Audience)
        {
            yield return $"The client `{c.Id}` has the Audience of the application{(c.Audience.Length > 0 ? "" : ", which is the Issuer,")} whose routes would give it all that its users may. Set another, which the routes that are for it accept; an Audience of the application that is not its Issuer; or FirstParty.";
        }
    }

    private static bool IsTarget(string text, bool isNative)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || text.Contains('#', StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal) || text.Length > 2000
            || uri.UserInfo.Length > 0 || !text.All(l => l is > ' ' and < '\x7f' and not '\\' and not '"' and not '<' and not '>'))
        {
            return false;
        }

        // Whoever holds a name of the domain holds the scheme (RFC 8252, 7.1); `javascript:` has no dot.
        return uri.Scheme == "https" ? uri.AbsoluteUri == text
            : uri.Scheme == "http" ? uri.IsLoopback && uri.AbsoluteUri == text
            : isNative && uri.Scheme.Contains('.', StringComparison.Ordinal) && text.StartsWith(uri.Scheme + ":/", StringComparison.Ordinal);
    }
}
