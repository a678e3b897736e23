using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.Postgres.Connecting;

namespace Sluice.Postgres.Backup;

/// <summary>The secret that backups are encrypted with, 32 bytes of a file that nobody but its owner can read.</summary>
public sealed class BackupKey
{
    private const int Bytes = 32;

    private readonly byte[] secret;

    private BackupKey(byte[] secret, string path)
    {
        this.secret = secret;
        Path = path;
        Id = Convert.ToHexStringLower(Derive([], "sluice backup key id", 4));
    }

    /// <summary>Tells keys apart, and tells nothing of the secret.</summary>
    public string Id { get; }

    internal string Path { get; }

    /// <exception cref="ProblemException">SL5111: there is none, others can read it, or it is no key.</exception>
    public static BackupKey Read(string path)
    {
        if (!File.Exists(path))
        {
            throw Refused($"The key file {path} is not there.");
        }

        if (!PrivateFiles.IsPrivate(path))
        {
            throw Refused($"The key file {path} can be read or written by others than its owner.", $"chmod 600 {ShellWord.Quote(path)}");
        }

        var text = File.ReadAllText(path).Trim();
        if (text.Length == 2 * Bytes && text.All(char.IsAsciiHexDigit))
        {
            return new BackupKey(Convert.FromHexString(text), path);
        }

        return Base64.IsValid(text) && Convert.FromBase64String(text) is { Length: Bytes } secret
            ? new BackupKey(secret, path)
            : throw Refused($"The key file {path} holds no key: 32 bytes are expected, as 64 hexadecimal digits or as base64.");
    }

    /// <summary>What a key is for is bound into it, so that no two purposes share one.</summary>
    internal byte[] Derive(ReadOnlySpan<byte> salt, string purpose, int length = Bytes)
    {
        var key = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, Encoding.UTF8.GetBytes(purpose));
        return key;
    }

    /// <summary>A hash that only who has the key can compare: that of a table with one row would give the row away to whoever guesses it.</summary>
    internal string Blind(string hash) => Mac("sluice backup hash", Encoding.UTF8.GetBytes(hash))[..32];

    internal string Mac(string purpose, ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(HMACSHA256.HashData(Derive([], purpose), bytes));

    public override string ToString() => Id;

    internal static ProblemException Refused(string what, params string[] remedies) => new(new Problem("SL5111", what)
    {
        Remedies = [.. remedies, "A new key: `(umask 077; openssl rand -hex 32 > backup.key)`. Keep a copy away from the backups: without it they cannot be restored."],
    });
}
