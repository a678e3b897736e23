using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Passwords;

/// <summary>What became of a password held against a stored hash.</summary>
internal enum Verdict
{
    Wrong,
    Right,

    /// <summary>Right, but hashed as it would not be today.</summary>
    RightButOutdated,
}

/// <summary>Makes and checks the text that is stored instead of a password.</summary>
internal static class PasswordHash
{
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    public static PasswordAlgorithm Resolve(PasswordAlgorithm algorithm) => algorithm switch
    {
        PasswordAlgorithm.Strongest => Argon2.IsHere ? PasswordAlgorithm.Argon2id : PasswordAlgorithm.Pbkdf2,
        PasswordAlgorithm.Argon2id when !Argon2.IsHere => throw new PlatformNotSupportedException("Argon2id needs libsodium.so.23 or libargon2.so.1 (Debian: libsodium23, libargon2-1)."),
        PasswordAlgorithm.Bcrypt when !Bcrypt.IsHere => throw new PlatformNotSupportedException("bcrypt needs libcrypt.so.1 (Debian: libcrypt1)."),
        _ => algorithm,
    };

    /// <summary>Composed and decomposed letters are the same password; nothing is cut and no space is taken away.</summary>
    public static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC));

    public static string Make(string password, PasswordOptions options)
    {
        var bytes = Bytes(password);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        switch (Resolve(options.Algorithm))
        {
            case PasswordAlgorithm.Argon2id:
                var (m, t, p) = (options.Argon2MemoryKiB, options.Argon2Iterations, options.Argon2Parallelism);
                if (!Argon2.Can(true, p, SaltBytes))
                {
                    throw new PlatformNotSupportedException($"Argon2Parallelism is {p}, and libsodium computes one lane only. Set 1, or install libargon2.so.1 (Debian: libargon2-1).");
                }

                return string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={m},t={t},p={p}${PhcString.ToBase64(salt)}${PhcString.ToBase64(Argon2.Hash(true, bytes, salt, m, t, p, HashBytes))}");
            case PasswordAlgorithm.Bcrypt:
                return Bcrypt.Hash(bytes, options.BcryptCost);
            default:
                var hash = Rfc2898DeriveBytes.Pbkdf2(bytes, salt, options.Pbkdf2Iterations, HashAlgorithmName.SHA512, HashBytes);
                return string.Create(CultureInfo.InvariantCulture, $"$pbkdf2-sha512$i={options.Pbkdf2Iterations}${PhcString.ToBase64(salt)}${PhcString.ToBase64(hash)}");
        }
    }

    public static Verdict Verify(string password, string stored, PasswordOptions options)
    {
        // Others hash what was typed, decomposed letters as they are.
        var right = StoredHashForms.Read(stored) is { } hash
            && (hash.Matches(Bytes(password)) || (!password.IsNormalized(NormalizationForm.FormC) && hash.Matches(Encoding.UTF8.GetBytes(password))));
        return !right ? Verdict.Wrong : IsAsToday(stored, options) ? Verdict.Right : Verdict.RightButOutdated;
    }

    private static bool IsAsToday(string stored, PasswordOptions options) => (Resolve(options.Algorithm), StoredHashForms.Read(stored)) switch
    {
        (PasswordAlgorithm.Bcrypt, StoredHash.BcryptHash { OfSha256: false } b) => b.Cost >= options.BcryptCost && stored.StartsWith("$2b$", StringComparison.Ordinal),
        (PasswordAlgorithm.Argon2id, StoredHash.Argon2Hash { IsId: true } a) =>
            a.MemoryKiB >= options.Argon2MemoryKiB && a.Passes >= options.Argon2Iterations && a.Lanes == options.Argon2Parallelism && a.Salt.Length >= SaltBytes && stored.StartsWith("$argon2id$", StringComparison.Ordinal),
        (PasswordAlgorithm.Pbkdf2, StoredHash.Pbkdf2Hash p) => p.Iterations >= options.Pbkdf2Iterations && stored.StartsWith("$pbkdf2-sha512$i=", StringComparison.Ordinal),
        _ => false,
    };
}
