namespace Sluice.Auth.Settings;

/// <summary>A service of the installation that may ask about tokens and revoke them (RFC 7662, RFC 7009).</summary>
public sealed class ClientOptions
{
    /// <summary>Its `client_id`.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of its secret, in hexadecimal: 32 random bytes need no slow hash. `printf %s "$secret" | sha256sum` makes it.</summary>
    public string SecretSha256 { get; set; } = "";
}

/// <summary>What is wrong with them, each with what to set.</summary>
internal static class ClientsCheck
{
    public static IEnumerable<string> Problems(SluiceAuthOptions o)
    {
        foreach (var client in o.Clients.Where(c => c.Id.Length is 0 or > 128 || !c.Id.All(l => l is > ' ' and < '\x7f' and not ':')))
        {
            yield return $"Clients has the id `{client.Id}`. Set 1 to 128 ASCII characters without spaces and colons.";
        }

        // Not said as it is: somebody may have set the secret itself.
        foreach (var client in o.Clients.Where(c => c.SecretSha256.Length != 64 || !c.SecretSha256.All(char.IsAsciiHexDigit)))
        {
            yield return $"Clients has no SHA-256 for `{client.Id}`. Make a secret by `openssl rand -hex 32`, and set SecretSha256 to what `printf %s \"$secret\" | sha256sum` says.";
        }

        foreach (var twice in o.Clients.GroupBy(c => c.Id, StringComparer.Ordinal).Where(c => c.Count() > 1))
        {
            yield return $"Clients has `{twice.Key}` more than once. Give each its own id.";
        }
    }
}
