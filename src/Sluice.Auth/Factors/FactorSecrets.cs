using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Factors;

/// <summary>Seals what makes the codes for the one user whose it is: in another's row it opens for nobody.</summary>
internal sealed class FactorSecrets(IOptions<SluiceAuthOptions> options)
{
    private readonly byte[] key = Sealed.Key(options.Value, "sluice mfa factors");

    /// <summary>Says which key it was, and nothing of it.</summary>
    public string KeyId => field ??= Convert.ToHexStringLower(SHA256.HashData(key))[..8];

    public byte[] Seal(string userId, byte[] secret) => Sealed.Seal(key, userId, secret);

    /// <exception cref="AuthSetupException">Sealed with another Secret.</exception>
    /// <exception cref="CryptographicException">Another's, or changed.</exception>
    public byte[] Open(string userId, string keyId, byte[] text) => keyId == KeyId
        ? Sealed.Open(key, userId, text)
        : throw new AuthSetupException($"A second factor was sealed with key {keyId}, and this Secret makes {KeyId}. Set the Secret that the other nodes have; if it is lost, delete the rows of mfa_factors, and their owners enrol again.");
}
