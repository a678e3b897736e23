using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Passwords;

/// <summary>The forms in which systems keep hashes, ours first. docs/auth-import.md names them.</summary>
internal static class StoredHashForms
{
    private const int Longest = 512;

    /// <returns>Null for what is in no form that is known here, or asks for more work than a row may.</returns>
    public static StoredHash? Read(string stored) => Understand(stored) is { IsBearable: true } hash ? hash : null;

    private static StoredHash? Understand(string stored)
    {
        if (stored.Length is 0 or > Longest)
        {
            return null;
        }

        if (Bcrypt.CostOf(stored) is { } cost)
        {
            return new StoredHash.BcryptHash(stored, cost, false);
        }

        return stored.StartsWith("$fbscrypt$", StringComparison.Ordinal) ? OfFirebase(stored)
            : stored[0] == '$' ? PhcString.Parse(stored) is { } phc ? OfPhc(phc) : null
            : stored.Contains('$', StringComparison.Ordinal) ? OfDjango(stored)
            : OfAspNetIdentity(stored);
    }

    private static StoredHash? OfPhc(PhcString phc) => phc.Name switch
    {
        "argon2id" or "argon2i" when phc.Version == 19 && phc.HasOnly("m", "t", "p") =>
            new StoredHash.Argon2Hash(phc.Name == "argon2id", phc["m"], phc["t"], phc["p"], phc.Salt, phc.Hash),
        // passlib writes the number of iterations alone.
        "pbkdf2-sha512" or "pbkdf2-sha256" or "pbkdf2-sha1" or "pbkdf2" when phc.Version is null && (phc.HasOnly("i") || phc.HasOnly("") || (phc.HasOnly("i", "l") && phc["l"] == phc.Hash.Length)) =>
            new StoredHash.Pbkdf2Hash(phc.Name switch { "pbkdf2-sha512" => HashAlgorithmName.SHA512, "pbkdf2-sha256" => HashAlgorithmName.SHA256, _ => HashAlgorithmName.SHA1 }, Math.Max(phc["i"], phc[""]), phc.Salt, phc.Hash),
        "scrypt" when phc.Version is null && phc.HasOnly("ln", "r", "p") =>
            new StoredHash.ScryptHash(new ScryptCost(phc["ln"], phc["r"], phc["p"]), phc.Salt, phc.Hash),
        _ => null,
    };

    /// <summary>`$fbscrypt$v=1,n=14,r=8,p=1,ss=…,sk=…$salt$hash`, as GoTrue keeps what it took over from Firebase.</summary>
    private static StoredHash.FirebaseHash? OfFirebase(string stored)
    {
        if (stored.Split('$') is not ["", "fbscrypt", var list, var salt, var hash] || list.Split(',') is not [var version, var n, var r, var p, var separator, var key] || version != "v=1")
        {
            return null;
        }

        return PhcString.FromBase64(salt) is { } saltBytes && PhcString.FromBase64(hash) is { } hashBytes
            && Value(n, "n=") is { } logN && Number(logN) is { } exponent && Value(r, "r=") is { } size && Number(size) is { } blockSize && Value(p, "p=") is { } parallel && Number(parallel) is { } lanes
            && Value(separator, "ss=") is { } ss && PhcString.FromBase64(ss) is { } separatorBytes && Value(key, "sk=") is { } sk && PhcString.FromBase64(sk) is { } signer
            ? new StoredHash.FirebaseHash(new ScryptCost(exponent, blockSize, lanes), [.. saltBytes, .. separatorBytes], signer, hashBytes)
            : null;
    }

    /// <summary>`pbkdf2_sha256$600000$salt$hash` and Django's others; the salt is text there.</summary>
    private static StoredHash? OfDjango(string stored) => stored.Split('$') switch
    {
        ["pbkdf2_sha256" or "pbkdf2_sha1", var iterations, var salt, var hash] when Number(iterations) is { } count && PhcString.FromBase64(hash) is { } made =>
            new StoredHash.Pbkdf2Hash(stored.StartsWith("pbkdf2_sha256", StringComparison.Ordinal) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1, count, Encoding.UTF8.GetBytes(salt), made),
        ["scrypt", var n, var salt, var r, var p, var hash] when Number(n) is { } states && int.IsPow2(states) && Number(r) is { } size && Number(p) is { } lanes && PhcString.FromBase64(hash) is { } made =>
            new StoredHash.ScryptHash(new ScryptCost(int.Log2(states), size, lanes), Encoding.UTF8.GetBytes(salt), made),
        ["argon2", "argon2id" or "argon2i", _, _, _, _] when PhcString.Parse(stored["argon2".Length..]) is { } phc => OfPhc(phc),
        ["bcrypt", "", ..] when Bcrypt.CostOf(stored["bcrypt$".Length..]) is { } cost => new StoredHash.BcryptHash(stored["bcrypt$".Length..], cost, false),
        ["bcrypt_sha256", "", ..] when Bcrypt.CostOf(stored["bcrypt_sha256$".Length..]) is { } cost => new StoredHash.BcryptHash(stored["bcrypt_sha256$".Length..], cost, true),
        _ => null,
    };

    /// <summary>Version 2: 0, salt of 16, hash of 32. Version 3: 1, function, iterations, length of the salt, salt, hash.</summary>
    private static StoredHash.Pbkdf2Hash? OfAspNetIdentity(string stored)
    {
        var bytes = PhcString.FromBase64(stored) ?? [];
        if (bytes is [0, ..] && bytes.Length == 49)
        {
            return new StoredHash.Pbkdf2Hash(HashAlgorithmName.SHA1, 1000, bytes[1..17], bytes[17..]);
        }

        if (bytes is not [1, ..] || bytes.Length < 13)
        {
            return null;
        }

        var (function, iterations, salt) = (Word(1), Word(5), Word(9));
        HashAlgorithmName? algorithm = function switch { 0 => HashAlgorithmName.SHA1, 1 => HashAlgorithmName.SHA256, 2 => HashAlgorithmName.SHA512, _ => null };
        return algorithm is { } known && iterations <= int.MaxValue && salt < bytes.Length - 13
            ? new StoredHash.Pbkdf2Hash(known, (int)iterations, bytes[13..(13 + (int)salt)], bytes[(13 + (int)salt)..])
            : null;

        uint Word(int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
    }

    private static string? Value(string pair, string key) => pair.StartsWith(key, StringComparison.Ordinal) ? pair[key.Length..] : null;

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
