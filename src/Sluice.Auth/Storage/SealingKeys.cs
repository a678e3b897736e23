using System.Security.Cryptography;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Storage;

/// <summary>The keys of a purpose: that of the Secret in force, which seals, and those of the secrets before it, which open what they sealed.</summary>
internal sealed class SealingKeys(SluiceAuthOptions options, string purpose)
{
    private readonly (string Id, byte[] Key)[] keys = [.. options.PreviousSecrets.Prepend(options.Secret).Select(s => Sealed.Key(s, purpose)).Select(k => (Convert.ToHexStringLower(SHA256.HashData(k))[..8], k))];

    /// <summary>Says which key seals, and nothing of it.</summary>
    public string KeyId => keys[0].Id;

    /// <summary>Those of before.</summary>
    public string[] Previous => [.. keys.Skip(1).Select(k => k.Id)];

    public byte[] Seal(string name, ReadOnlySpan<byte> open) => Sealed.Seal(keys[0].Key, name, open);

    /// <summary>What does not say which key has sealed it.</summary>
    /// <returns>Null where none of them opens it: of another Secret, another's, or changed.</returns>
    public byte[]? Open(string name, ReadOnlySpan<byte> text)
    {
        foreach (var (_, key) in keys)
        {
            if (Sealed.TryOpen(key, name, text) is { } open)
            {
                return open;
            }
        }

        return null;
    }

    /// <returns>Null where none of the secrets makes that key.</returns>
    /// <exception cref="CryptographicException">Another's, or changed.</exception>
    public byte[]? Open(string name, string keyId, ReadOnlySpan<byte> text)
    {
        foreach (var (id, key) in keys)
        {
            if (id == keyId)
            {
                return Sealed.Open(key, name, text);
            }
        }

        return null;
    }
}
