using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.Auth.Tokens;

/// <summary>
/// HMAC-SHA-256 (RFC 2104) by a secret that is prepared once. Where the system has OpenSSL 3, from its SHA-256: half of the time that its
/// HMAC takes for a token goes into contexts that it makes and drops. Elsewhere, and where certified code only is wanted (FIPS), it is .NET's.
/// </summary>
internal sealed unsafe partial class SecretMac
{
    private const int Block = 64;
    private const int Size = SHA256.HashSizeInBytes;

    // SHA256_CTX is 112 bytes: eight words, a length, a block, two numbers.
    private const int Context = 128;

    private readonly byte[]? inner;
    private readonly byte[]? outer;

    // One instance must not be used by two threads at once; making one costs more than using it.
    private readonly ThreadLocal<IncrementalHash>? portable;

    /// <param name="isPortable">Whatever the system has.</param>
    public SecretMac(byte[] secret, bool isPortable = false)
    {
        portable = isPortable || !IsHere ? new ThreadLocal<IncrementalHash>(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret)) : null;
        if (portable is not null)
        {
            return;
        }

        var key = secret.Length > Block ? SHA256.HashData(secret) : secret;
        (inner, outer) = (Begun(key, 0x36), Begun(key, 0x5C));
    }

    /// <summary>Whether OpenSSL's own SHA-256 is used.</summary>
    // .NET goes first: whoever begins with OpenSSL says how it ends, and .NET's threads are still there when the process ends.
    public static bool IsHere { get; } = SHA256.HashData([]).Length == Size && NativeLibrary.TryLoad("libcrypto.so.3", typeof(SecretMac).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Init), out _) && NativeLibrary.TryGetExport(library, nameof(SHA256_Update), out _) && NativeLibrary.TryGetExport(library, nameof(SHA256_Final), out _)
        && NativeLibrary.TryGetExport(library, nameof(EVP_default_properties_is_fips_enabled), out _) && EVP_default_properties_is_fips_enabled(0) == 0;

    /// <param name="mac">Gets 32 bytes.</param>
    [SkipLocalsInit]
    public void Write(ReadOnlySpan<byte> data, Span<byte> mac)
    {
        if (portable?.Value is { } hash)
        {
            hash.AppendData(data);
            hash.GetHashAndReset(mac);
            return;
        }

        var context = stackalloc byte[Context];
        var within = stackalloc byte[Size];
        End(inner, context, data, within);
        fixed (byte* to = mac[..Size])
        {
            End(outer, context, new ReadOnlySpan<byte>(within, Size), to);
        }
    }

    public byte[] Of(ReadOnlySpan<byte> data)
    {
        var mac = new byte[Size];
        Write(data, mac);
        return mac;
    }

    private static byte[] Begun(ReadOnlySpan<byte> key, byte pad)
    {
        var block = new byte[Block];
        key.CopyTo(block);
        for (var i = 0; i < Block; i++)
        {
            block[i] ^= pad;
        }

        var begun = new byte[Context];
        fixed (byte* context = begun, first = block)
        {
            Require(SHA256_Init(context) & SHA256_Update(context, first, Block));
        }

        CryptographicOperations.ZeroMemory(block);
        return begun;
    }

    private static void End(ReadOnlySpan<byte> begun, byte* context, ReadOnlySpan<byte> data, byte* to)
    {
        begun.CopyTo(new Span<byte>(context, Context));
        fixed (byte* rest = data)
        {
            Require(SHA256_Update(context, rest, (nuint)data.Length) & SHA256_Final(to, context));
        }
    }

    private static void Require(int done)
    {
        if (done != 1)
        {
            throw new CryptographicException("OpenSSL's SHA-256 failed.");
        }
    }

    [LibraryImport("libcrypto.so.3")]
    private static partial int SHA256_Init(byte* context);

    [LibraryImport("libcrypto.so.3")]
    private static partial int SHA256_Update(byte* context, byte* data, nuint length);

    [LibraryImport("libcrypto.so.3")]
    private static partial int SHA256_Final(byte* hash, byte* context);

    [LibraryImport("libcrypto.so.3")]
    private static partial int EVP_default_properties_is_fips_enabled(nint context);
}
