using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Auth.Tokens;

/// <summary>One key: it signs where its private half is here, and verifies.</summary>
internal sealed class TokenKey
{
    private readonly Func<AsymmetricAlgorithm>? open;
    private readonly SecretMac? secret;

    // One instance must not be used by two threads at once; making one costs more than using it.
    private readonly ConcurrentBag<AsymmetricAlgorithm> idle = [];

    private TokenKey(string kid, string algorithm, Func<AsymmetricAlgorithm>? open, byte[]? secret)
    {
        Kid = kid;
        Algorithm = algorithm;
        this.open = open;
        this.secret = secret is null ? null : new SecretMac(secret);
    }

    public string Kid { get; }

    public string Algorithm { get; }

    /// <summary>The header of the tokens that it has signed, as they have it; null before the first was verified.</summary>
    public byte[]? Header { get; set; }

    /// <summary>As SubjectPublicKeyInfo; empty for a secret.</summary>
    public byte[] PublicKey { get; private init; } = [];

    /// <summary>In bytes; a key of RSA has 2048 bits.</summary>
    public int SignatureLength => Algorithm switch { "HS256" => 32, "ES256" => 64, _ => 256 };

    public DateTimeOffset SignsFrom { get; init; } = DateTimeOffset.MinValue;

    public DateTimeOffset VerifiesUntil { get; init; } = DateTimeOffset.MaxValue;

    public static TokenKey OfSecret(string text)
    {
        var secret = Encoding.UTF8.GetBytes(text);
        // Says which secret it is and nothing of it.
        var kid = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "sluice: the name of this key"u8))[..16];
        return new TokenKey(kid, "HS256", null, secret);
    }

    public static TokenKey OfPrivate(string kid, string algorithm, byte[] pkcs8, byte[] publicKey, DateTimeOffset from, DateTimeOffset until) =>
        new(kid, algorithm, () => Import(algorithm, k => k.ImportPkcs8PrivateKey(pkcs8, out _)), null) { PublicKey = publicKey, SignsFrom = from, VerifiesUntil = until };

    public static TokenKey OfPublic(string kid, string algorithm, byte[] publicKey) =>
        new(kid, algorithm, () => Import(algorithm, k => k.ImportSubjectPublicKeyInfo(publicKey, out _)), null) { PublicKey = publicKey, SignsFrom = DateTimeOffset.MaxValue };

    public static (byte[] Pkcs8, byte[] PublicKey) Generate(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm == "ES256" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        return (key.ExportPkcs8PrivateKey(), key.ExportSubjectPublicKeyInfo());
    }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (secret is not null)
        {
            return secret.Of(data);
        }

        var key = Take();
        try
        {
            return key is ECDsa curve ? LowS.Of(curve.SignData(data, HashAlgorithmName.SHA256)) : ((RSA)key).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            idle.Add(key);
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (secret is not null)
        {
            Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
            secret.Write(data, mac);
            return CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        var key = Take();
        try
        {
            return key is ECDsa curve ? LowS.Is(signature) && curve.VerifyData(data, signature, HashAlgorithmName.SHA256) : ((RSA)key).VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            idle.Add(key);
        }
    }

    private AsymmetricAlgorithm Take() => idle.TryTake(out var key) ? key : open!();

    private static AsymmetricAlgorithm Import(string algorithm, Action<AsymmetricAlgorithm> import)
    {
        AsymmetricAlgorithm key = algorithm == "ES256" ? ECDsa.Create() : RSA.Create();
        import(key);
        return key;
    }
}
