using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Sluice.Auth.Settings;
using Sluice.Auth.Storage;

namespace Sluice.Auth.Factors;

/// <summary>Seals what makes the codes for the one user whose it is: in another's row it opens for nobody.</summary>
internal sealed class FactorSecrets(IOptions<SluiceAuthOptions> options)
{
    private readonly SealingKeys keys = new(options.Value, "sluice mfa factors");

    /// <summary>Says which key it was, and nothing of it.</summary>
    public string KeyId => keys.KeyId;

    public byte[] Seal(string userId, byte[] secret) => keys.Seal(userId, secret);

    /// <summary>For when there is another Secret.</summary>
    public Resealing Resealing(AuthDatabase database) => new SealedRows(database, keys, "mfa_factors", "id", "{id}", "userId", ("secret", user => user)).Resealing;

    /// <exception cref="AuthSetupException">Sealed with another Secret.</exception>
    /// <exception cref="CryptographicException">Another's, or changed.</exception>
    public byte[] Open(string userId, string keyId, byte[] text) => keys.Open(userId, keyId, text)
        ?? throw new AuthSetupException($"A second factor was sealed with key {keyId}, and this Secret makes {KeyId}. Set the Secret that the other nodes have, or the one of before in PreviousSecrets; if it is lost, delete the rows of mfa_factors, and their owners enrol again.");
}
