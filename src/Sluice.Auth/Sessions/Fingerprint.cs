using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;
using Sluice.Auth.Web;

namespace Sluice.Auth.Sessions;

/// <summary>
/// What stays the same of a device: the kind of its browser and system without their versions, and the language it asks for first. Keyed,
/// so that the database tells nobody which. Whoever stole a token can send the same; most do not.
/// </summary>
internal sealed partial class Fingerprint(IOptions<SluiceAuthOptions> options)
{
    private const int Size = 16;

    private readonly byte[] key = Sealed.Key(options.Value, "session fingerprint");

    public string Of(Client client)
    {
        var kind = Version().Replace(client.Agent ?? "", "");
        var language = (client.Languages ?? "").Split(',', ';')[0].Trim().ToLowerInvariant();
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{kind}\n{language}"))[..Size]);
    }

    // What follows a slash, and every number: `Chrome/131.0.0.0`, `Windows NT 10.0`, `rv:132.0`.
    [GeneratedRegex(@"/[^\s;)]*|[\d._]+")]
    private static partial Regex Version();
}
