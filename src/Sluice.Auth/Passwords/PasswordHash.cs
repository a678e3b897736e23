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

    // What a stored hash may ask for: a row that somebody else wrote must not take the machine down.
    private const int MostMemoryKiB = 256 * 1024;
    private const int MostPasses = 16;
    private const int MostLanes = 16;
    private const int HighestCost = 16;
    private const int MostIterations = 5_000_000;

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
        var bytes = Bytes(password);
        var right = Bcrypt.CostOf(stored) is { } cost
            ? cost is >= 4 and <= HighestCost && Bcrypt.IsHere && Bcrypt.Verify(bytes, stored)
            : PhcString.Parse(stored) is { } phc && Matches(bytes, phc);
        return !right ? Verdict.Wrong : IsAsToday(stored, options) ? Verdict.Right : Verdict.RightButOutdated;
    }

    private static bool Matches(byte[] password, PhcString stored)
    {
        var (salt, length) = (stored.Salt, stored.Hash.Length);
        switch (stored.Name)
        {
            case "argon2id" or "argon2i" when stored.Version == 19
                && stored["t"] is >= 1 and <= MostPasses && stored["p"] is >= 1 and <= MostLanes && stored["m"] <= MostMemoryKiB && stored["m"] >= 8 * stored["p"]
                && salt.Length is >= 8 and <= 64 && length is >= 16 and <= 64 && Argon2.Can(stored.Name == "argon2id", stored["p"], salt.Length):
                return CryptographicOperations.FixedTimeEquals(stored.Hash, Argon2.Hash(stored.Name == "argon2id", password, salt, stored["m"], stored["t"], stored["p"], length));
            case "pbkdf2-sha512" or "pbkdf2-sha256" when stored["i"] is >= 1 and <= MostIterations && salt.Length is >= 8 and <= 64 && length is >= 16 and <= 64:
                var algorithm = stored.Name == "pbkdf2-sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
                return CryptographicOperations.FixedTimeEquals(stored.Hash, Rfc2898DeriveBytes.Pbkdf2(password, salt, stored["i"], algorithm, length));
            default:
                return false;
        }
    }

    private static bool IsAsToday(string stored, PasswordOptions options) => Resolve(options.Algorithm) switch
    {
        PasswordAlgorithm.Bcrypt => Bcrypt.CostOf(stored) >= options.BcryptCost && stored[2] == 'b',
        PasswordAlgorithm.Argon2id => PhcString.Parse(stored) is { Name: "argon2id" } phc
            && phc["m"] >= options.Argon2MemoryKiB && phc["t"] >= options.Argon2Iterations && phc["p"] == options.Argon2Parallelism && phc.Salt.Length >= SaltBytes,
        _ => PhcString.Parse(stored) is { Name: "pbkdf2-sha512" } phc && phc["i"] >= options.Pbkdf2Iterations,
    };
}
