using System.Security.Cryptography;
using static Sluice.Auth.Settings.HashLimits;

namespace Sluice.Auth.Passwords;

/// <summary>
/// What is stored instead of a password, ours or what another system left: understood, and within what a row may ask of this
/// machine. <see cref="StoredHashForms"/> reads it.
/// </summary>
internal abstract record StoredHash
{
    // A row that somebody else wrote must not take the machine down.
    private const long MostScryptWork = 1L << 30;
    private const int LowestCost = 4;

    private StoredHash()
    {
    }

    /// <summary>Whether it may be computed at all, and here.</summary>
    public bool IsBearable => this switch
    {
        BcryptHash b => b.Cost is >= LowestCost and <= HighestCost && Bcrypt.IsHere,
        Argon2Hash a => a.Passes is >= 1 and <= MostPasses && a.Lanes is >= 1 and <= MostLanes && a.MemoryKiB <= MostMemoryKiB && a.MemoryKiB >= 8 * a.Lanes
            && IsSound(a.Salt, a.Hash) && Argon2.Can(a.IsId, a.Lanes, a.Salt.Length),
        Pbkdf2Hash p => p.Iterations is >= 1 and <= MostIterations && IsSound(p.Salt, p.Hash),
        ScryptHash s => IsBearableScrypt(s.Cost) && IsSound(s.Salt, s.Hash),
        FirebaseHash f => IsBearableScrypt(f.Cost) && f.Salt.Length is >= 1 and <= 64 && f.SignerKey.Length is >= 16 and <= 64 && f.Hash.Length == f.SignerKey.Length,
        _ => false,
    };

    /// <summary>Whether this password makes the same; as much work as the hash asks for.</summary>
    public bool Matches(byte[] password) => this switch
    {
        BcryptHash b => Bcrypt.Verify(b.OfSha256 ? System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(password))) : password, b.Text),
        Argon2Hash a => Same(a.Hash, Argon2.Hash(a.IsId, password, a.Salt, a.MemoryKiB, a.Passes, a.Lanes, a.Hash.Length)),
        Pbkdf2Hash p => Same(p.Hash, Rfc2898DeriveBytes.Pbkdf2(password, p.Salt, p.Iterations, p.Algorithm, p.Hash.Length)),
        ScryptHash s => Same(s.Hash, Scrypt.Hash(password, s.Salt, s.Cost, s.Hash.Length)),
        FirebaseHash f => Same(f.Hash, Encrypted(f.SignerKey, Scrypt.Hash(password, f.Salt, f.Cost, 32))),
        _ => false,
    };

    private static bool IsSound(byte[] salt, byte[] hash) => salt.Length is >= 8 and <= 64 && hash.Length is >= 16 and <= 64;

    private static bool IsBearableScrypt(ScryptCost cost) =>
        cost.LogN is >= 1 and <= 24 && cost.BlockSize is >= 1 and <= 64 && cost.Lanes is >= 1 and <= MostLanes
        && cost.Memory <= MostMemoryKiB * 1024L && cost.Memory * cost.Lanes <= MostScryptWork;

    private static bool Same(byte[] stored, byte[] made) => CryptographicOperations.FixedTimeEquals(stored, made);

    // AES in counter mode from zero, made of single blocks: the key under which Firebase hides its signer key is the hash.
    private static byte[] Encrypted(byte[] open, byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        var counters = new byte[(open.Length + 15) / 16 * 16];
        for (var i = 0; i < counters.Length; i += 16)
        {
            counters[i + 15] = (byte)(i / 16);
        }

        var stream = aes.EncryptEcb(counters, PaddingMode.None);
        return [.. open.Zip(stream, (a, b) => (byte)(a ^ b))];
    }

    /// <param name="OfSha256">The password's SHA-256 in hexadecimal was hashed, as Django can.</param>
    public sealed record BcryptHash(string Text, int Cost, bool OfSha256) : StoredHash;

    public sealed record Argon2Hash(bool IsId, int MemoryKiB, int Passes, int Lanes, byte[] Salt, byte[] Hash) : StoredHash;

    public sealed record Pbkdf2Hash(HashAlgorithmName Algorithm, int Iterations, byte[] Salt, byte[] Hash) : StoredHash;

    public sealed record ScryptHash(ScryptCost Cost, byte[] Salt, byte[] Hash) : StoredHash;

    /// <param name="Salt">The account's, and the project's separator behind it.</param>
    /// <param name="SignerKey">The project's, not secret here any more.</param>
    public sealed record FirebaseHash(ScryptCost Cost, byte[] Salt, byte[] SignerKey, byte[] Hash) : StoredHash;
}
