using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <param name="KeyId">Which key, told without the key.</param>
/// <param name="Seal">Of the manifest, by the key.</param>
public sealed record ArchiveEncryption(string Cipher, string KeyId, string Seal)
{
    public const string Aes256Gcm = "AES-256-GCM";

    /// <param name="found">What the manifest says; null for nothing.</param>
    /// <param name="seal">What the seal must be by a key.</param>
    /// <exception cref="ProblemException">SL5111: no key, or another one. SL5104: the manifest was changed.</exception>
    internal static void RequireOpens(string archive, ArchiveEncryption? found, BackupKey? key, bool allowsUnencrypted, Func<BackupKey, string> seal)
    {
        if (found is null)
        {
            // Whoever can write to the backups could put one of his own in the place of an encrypted one.
            if (key is not null && !allowsUnencrypted)
            {
                throw BackupKey.Refused($"The backup {archive} is not encrypted, and there is a key: nothing says that it is one of yours.", "If it is, from before there was a key: `--unencrypted`");
            }

            return;
        }

        if (key is null)
        {
            throw BackupKey.Refused($"The backup {archive} is encrypted with the key {found.KeyId}.", "Say where it is: `--key-file FILE`");
        }

        if (key.Id != found.KeyId)
        {
            throw BackupKey.Refused($"The backup {archive} is encrypted with the key {found.KeyId}; {key.Path} is the key {key.Id}.", "Say where the other one is: `--key-file FILE`");
        }

        if (found is not { Cipher: Aes256Gcm } || seal(key) != found.Seal)
        {
            throw BackupManifest.Refused(archive, "its manifest was changed after it was written.");
        }
    }
}
