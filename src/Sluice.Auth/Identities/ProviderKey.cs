using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Auth.Identities;

/// <summary>A public key of a provider (RFC 7517), for the algorithms that ID tokens may have here.</summary>
/// <param name="Info">As SubjectPublicKeyInfo.</param>
internal sealed record ProviderKey(string? Kid, string Algorithm, byte[] Info)
{
    private const int SmallestModulus = 2048;
    private const int LargestModulus = 8192;
    private const int MostKeys = 64;

    /// <summary>Those that we can use; a key set may hold others, for others.</summary>
    public static List<ProviderKey> Read(JsonElement set)
    {
        var keys = new List<ProviderKey>();
        if (ProviderAnswer.Member(set, "keys") is not { ValueKind: JsonValueKind.Array } list)
        {
            return keys;
        }

        foreach (var key in list.EnumerateArray().Take(MostKeys).Where(k => Text(k, "use") is null or "sig"))
        {
            try
            {
                if (Of(key) is { } one)
                {
                    keys.Add(one);
                }
            }
            catch (Exception broken) when (broken is CryptographicException or FormatException)
            {
                // A key that is none verifies nothing; the others may be good.
                continue;
            }
        }

        return keys;
    }

    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (Algorithm == "ES256")
        {
            using var curve = ECDsa.Create();
            curve.ImportSubjectPublicKeyInfo(Info, out _);
            return curve.VerifyData(signed, signature, HashAlgorithmName.SHA256);
        }

        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Info, out _);
        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, Algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static ProviderKey? Of(JsonElement key)
    {
        switch (Text(key, "kty"), Text(key, "alg"))
        {
            case ("EC", null or "ES256") when Text(key, "crv") == "P-256":
                using (var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } }))
                {
                    return new ProviderKey(Text(key, "kid"), "ES256", curve.ExportSubjectPublicKeyInfo());
                }

            case ("RSA", null or "RS256" or "PS256"):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") }))
                {
                    return rsa.KeySize is >= SmallestModulus and <= LargestModulus ? new ProviderKey(Text(key, "kid"), Text(key, "alg") ?? "RS256", rsa.ExportSubjectPublicKeyInfo()) : null;
                }

            default:
                return null;
        }
    }

    private static string? Text(JsonElement key, string name) => ProviderAnswer.Member(key, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? throw new FormatException($"A key has no `{name}`."));
}
